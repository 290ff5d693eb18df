/** Reads how to speak HTTP: `basic_auth`, `authorization`, `tls_config`, headers and redirects. */

import { resolve } from 'node:path';
import type {
  AuthorizationConfig,
  BasicAuthConfig,
  HttpClientConfig,
  HttpHeaderConfig,
  SecretSource,
  TlsConfig,
  TlsVersion,
} from './config.ts';
import type { Cursor } from './cursor.ts';

/** Names of the HTTP client's fields, which stand among the fields of a job or a discovery. */
export const HTTP_CLIENT_FIELDS = {
  known: ['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file', 'tls_config', 'follow_redirects', 'http_headers'],
  passive: ['oauth2', 'proxy_url', 'no_proxy', 'proxy_from_environment', 'proxy_connect_header', 'enable_http2'],
} as const;

const TLS_VERSIONS: Readonly<Record<string, TlsVersion>> = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' };

/** Reads the HTTP client's part of a section whose fields are given. Relative paths are taken from `directory`. */
export function readHttpClient(fields: ReadonlyMap<string, Cursor>, directory: string): HttpClientConfig {
  const given = ['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file'].filter((name) => fields.has(name));
  if (given.length > 1)
    fields
      .get(given[1] as string)
      ?.fail(`only one of basic_auth, authorization, bearer_token and bearer_token_file may be given; ${given[0]} is given too`);
  return {
    basicAuth: readBasicAuth(fields.get('basic_auth'), directory),
    authorization: readAuthorization(fields, directory),
    tls: readTls(fields.get('tls_config'), directory),
    followRedirects: fields.get('follow_redirects')?.boolean() ?? true,
    headers: readHeaders(fields.get('http_headers'), directory),
  };
}

function fileIn(directory: string, path: Cursor): SecretSource {
  return { file: resolve(directory, path.requiredText()) };
}

/** A text given as `name` or in the file that `name_file` names; both together are an error. */
function readSecret(fields: ReadonlyMap<string, Cursor>, name: string, directory: string): SecretSource | undefined {
  const text = fields.get(name);
  const file = fields.get(`${name}_file`);
  if (text !== undefined && file !== undefined && !text.empty) file.fail(`only one of ${name} and ${name}_file may be given`);
  if (file !== undefined && !file.empty) return fileIn(directory, file);
  return text === undefined || text.empty ? undefined : { text: text.text() };
}

function readBasicAuth(section: Cursor | undefined, directory: string): BasicAuthConfig | undefined {
  if (section === undefined) return undefined;
  const fields = section.section({
    known: ['username', 'username_file', 'password', 'password_file'],
    passive: ['username_ref', 'password_ref'],
  });
  return {
    username: readSecret(fields, 'username', directory) ?? { text: '' },
    password: readSecret(fields, 'password', directory) ?? { text: '' },
  };
}

function readAuthorization(fields: ReadonlyMap<string, Cursor>, directory: string): AuthorizationConfig | undefined {
  const bearer = readSecret(fields, 'bearer_token', directory);
  if (bearer !== undefined) return { type: 'Bearer', credentials: bearer };
  const section = fields.get('authorization');
  if (section === undefined) return undefined;
  const own = section.section({ known: ['type', 'credentials', 'credentials_file'], passive: ['credentials_ref'] });
  const type = own.get('type')?.text().trim() || 'Bearer';
  if (type.toLowerCase() === 'basic') own.get('type')?.fail('"Basic" is not allowed here; use basic_auth');
  const credentials = readSecret(own, 'credentials', directory);
  return credentials === undefined ? undefined : { type, credentials };
}

function readTls(section: Cursor | undefined, directory: string): TlsConfig {
  const fields =
    section?.section({
      known: ['ca', 'ca_file', 'cert', 'cert_file', 'key', 'key_file', 'server_name', 'insecure_skip_verify', 'min_version', 'max_version'],
      passive: ['ca_ref', 'cert_ref', 'key_ref'],
    }) ?? new Map<string, Cursor>();
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => readSecret(fields, name, directory));
  if ((cert === undefined) !== (key === undefined))
    section?.fail('a client certificate needs both: cert or cert_file, and key or key_file');
  const version = (name: string): TlsVersion | undefined => {
    const field = fields.get(name);
    return field && TLS_VERSIONS[field.choice(Object.keys(TLS_VERSIONS))];
  };
  return {
    ca,
    cert,
    key,
    serverName: fields.get('server_name')?.text() || undefined,
    insecureSkipVerify: fields.get('insecure_skip_verify')?.boolean() ?? false,
    minVersion: version('min_version'),
    maxVersion: version('max_version'),
  };
}

function readHeaders(section: Cursor | undefined, directory: string): HttpHeaderConfig[] {
  return (section?.entries() ?? []).map(([name, header]) => {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) header.fail(`"${name}" is not the name of an HTTP header`);
    const fields = header.section({ known: ['values', 'secrets', 'files'] });
    const texts = [...(fields.get('values')?.texts() ?? []), ...(fields.get('secrets')?.texts() ?? [])];
    const files = (fields.get('files')?.items() ?? []).map((file) => fileIn(directory, file));
    return { name, values: [...texts.map((text) => ({ text })), ...files] };
  });
}
