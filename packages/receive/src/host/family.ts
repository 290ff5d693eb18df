/** Metric families as collectors build them, and how they read as Prometheus text. */

/** The kinds of metric that a host has. */
export type FamilyType = 'counter' | 'gauge' | 'untyped';

/** One metric: its name, type, help and samples. */
export class Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** The samples in the exposition format, one a line. */
  #samples = '';

  constructor(name: string, type: FamilyType, help: string) {
    this.name = name;
    this.type = type;
    this.help = help;
  }

  /** Adds a sample. `labels` are names and values in turn: `'cpu', '0', 'mode', 'idle'`. */
  add(value: number, ...labels: readonly string[]): this {
    this.#samples += `${this.name}${renderLabels(labels)} ${renderValue(value)}\n`;
    return this;
  }

  /** Adds the value 1 with labels that say something: what an `_info` metric is for. */
  info(labels: Readonly<Record<string, string>>): this {
    return this.add(1, ...Object.entries(labels).flat());
  }

  /** Whether it has no samples; such a family is not rendered. */
  get empty(): boolean {
    return this.#samples === '';
  }

  render(): string {
    if (this.empty) return '';
    return `# HELP ${this.name} ${escapeHelp(this.help)}\n# TYPE ${this.name} ${this.type}\n${this.#samples}`;
  }
}

/** The families of one collector, in the order of their first mention. Naming one again gives the same one. */
export class Families {
  readonly #byName = new Map<string, Family>();

  counter(name: string, help: string): Family {
    return this.#family(name, 'counter', help);
  }

  gauge(name: string, help: string): Family {
    return this.#family(name, 'gauge', help);
  }

  untyped(name: string, help: string): Family {
    return this.#family(name, 'untyped', help);
  }

  render(): string {
    let text = '';
    for (const family of this.#byName.values()) text += family.render();
    return text;
  }

  #family(name: string, type: FamilyType, help: string): Family {
    let family = this.#byName.get(name);
    if (family === undefined) {
      family = new Family(name, type, help);
      this.#byName.set(name, family);
    }
    return family;
  }
}

const NEEDS_ESCAPE = /["\\\n]/;

function escapeValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(help: string): string {
  return NEEDS_ESCAPE.test(help) ? help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : help;
}

function renderLabels(labels: readonly string[]): string {
  if (labels.length === 0) return '';
  let text = '';
  for (let index = 0; index < labels.length; index += 2) {
    text += `${index === 0 ? '{' : ','}${labels[index]}="${escapeValue(labels[index + 1] ?? '')}"`;
  }
  return `${text}}`;
}

function renderValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}
