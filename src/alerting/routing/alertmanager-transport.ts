import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import { oneOf, textOfFile } from './alertmanager-secrets.js';
import { flag, type Reader, record, required, secret, text } from './yaml-reader.js';

/** What is left of `http_config`. */
export interface HttpSettings {
  /** Where it stands, for errors. */
  readonly path: string;
  /** The header of this name. */
  readonly authorization: string | undefined;
}

interface HttpConfig {
  authorization?: string;
  basic_auth?: string;
  bearer_token?: string;
  bearer_token_file?: string;
  follow_redirects?: boolean;
  enable_http2?: boolean;
  tls_config?: object;
}

const WAY_OUT = '; for a proxy, certificates or anything else of the connection give a `fetch` of your own in the options, and leave it out here';

/** `false`, which is the default: another one can't be had. */
function only(wanted: boolean, why: string): Reader<boolean> {
  return (value, path) => {
    if (flag(value, path) !== wanted) throw new InvalidOptionError(path, value, `${wanted}: ${why}`);
    return wanted;
  };
}

/** Reads `http_config`. @param folder that the paths of its files are relative to */
export function httpConfig(folder: string): Reader<HttpSettings> {
  const inFile = textOfFile(folder);
  const readAuthorization: Reader<string> = (value, path) => {
    const { type = 'Bearer', credentials, credentials_file: file } = record<{ type: string; credentials: string; credentials_file: string }>({
      type: text,
      credentials: secret,
      credentials_file: inFile,
    })(value, path);
    const scheme = type.trim() === '' ? 'Bearer' : type.trim();
    if (scheme.toLowerCase() === 'basic') throw new InvalidOptionError(`${path}.type`, type, 'another one: for that there is basic_auth');
    return `${scheme} ${required(oneOf('credentials', credentials, file, path), `${path}.credentials`, 'the token, or credentials_file')}`;
  };
  const readBasic: Reader<string> = (value, path) => {
    const { username = '', password, password_file: file } = record<{ username: string; password: string; password_file: string }>({
      username: text,
      password: secret,
      password_file: inFile,
    })(value, path);
    return basic(username, oneOf('password', password, file, path) ?? '');
  };
  const read = record<HttpConfig>(
    {
      authorization: readAuthorization,
      basic_auth: readBasic,
      bearer_token: secret,
      bearer_token_file: inFile,
      follow_redirects: only(false, 'redirects are not followed, because the address may be a secret that the next host must not learn'),
      // Makes no difference to what is told.
      enable_http2: flag,
      tls_config: record<{ insecure_skip_verify: boolean }>({ insecure_skip_verify: only(false, `certificates are always checked${WAY_OUT}`) }, WAY_OUT),
    },
    WAY_OUT,
  );
  return (value, path) => {
    const { authorization, basic_auth: basicAuth, bearer_token: bearer, bearer_token_file: bearerFile } = read(value, path);
    const token = oneOf('bearer_token', bearer, bearerFile, path);
    const given = [authorization, basicAuth, token === undefined ? undefined : `Bearer ${token}`].filter(each => each !== undefined);
    if (given.length > 1) throw new InvalidOptionError(path, NOT_SHOWN, 'only one of authorization, basic_auth and bearer_token may stand here');
    return { path, authorization: given[0] };
  };
}

/** The header of basic authorization. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads the address of a mail server; an empty text is none, as there. */
export const hostPort: Reader<HostPort | null> = (value, path) => {
  if (value === '') return null;
  const [, bracketed, bare = '', port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text(value, path)) ?? [];
  if (port === undefined) throw new InvalidOptionError(path, value, "host:port with the port as a number, such as 'smtp.example.org:587'");
  return { host: bracketed ?? bare, port: Number(port) };
};

/** Options of `node:tls`. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
  readonly minVersion?: string;
}

interface TlsConfig {
  ca_file?: string;
  cert_file?: string;
  key_file?: string;
  server_name?: string;
  insecure_skip_verify?: boolean;
  min_version?: string;
}

const VERSIONS: Readonly<Record<string, string>> = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' };
const version: Reader<string> = (value, path) => {
  const known = typeof value === 'string' && Object.hasOwn(VERSIONS, value) ? VERSIONS[value] : undefined;
  if (known === undefined) throw new InvalidOptionError(path, value, Object.keys(VERSIONS).join(', '));
  return known;
};

/** Reads the `tls_config` of a mail server. @param folder that the paths of its files are relative to */
export function tlsConfig(folder: string): Reader<TlsSettings> {
  const inFile = textOfFile(folder);
  const read = record<TlsConfig>({ ca_file: inFile, cert_file: inFile, key_file: inFile, server_name: text, insecure_skip_verify: flag, min_version: version });
  return (value, path) => {
    const { ca_file: ca, cert_file: cert, key_file: key, server_name: servername, insecure_skip_verify: skips = false, min_version: minVersion } = read(value, path);
    if ((cert === undefined) !== (key === undefined)) throw new InvalidOptionError(`${path}.${cert === undefined ? 'cert_file' : 'key_file'}`, undefined, 'a file: a certificate and its key go together');
    return {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && servername !== '' && { servername }),
      rejectUnauthorized: !skips,
      ...(minVersion !== undefined && { minVersion }),
    };
  };
}
