/** Names of labels made from names of fields. */

/** A field's name with everything that a label's name cannot have as underscores; `''` where nothing is left. */
export function labelNameOf(field: string): string {
  const trimmed = field.trim();
  const name = trimmed.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
  return startsWithDigit(name) ? `_${name}` : name;
}

/** The name of a field inside of others: their names joined by underscores, those of which nothing is left passed over. */
export function nestedNameOf(prefix: string, field: string): string {
  const part = field.trim().replaceAll(/[^a-zA-Z0-9_]/gu, '_');
  if (prefix === '') return startsWithDigit(part) ? `_${part}` : part;
  return part === '' ? prefix : `${prefix}_${part}`;
}

function startsWithDigit(name: string): boolean {
  const unit = name.charCodeAt(0);
  return unit >= 0x30 && unit <= 0x39;
}

/** Characters that stand for broken bytes are no part of a label's value. */
export function withoutBroken(value: string): string {
  return value.includes('\uFFFD') ? value.replaceAll('\uFFFD', ' ') : value;
}
