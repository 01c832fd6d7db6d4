import { domainToASCII } from 'node:url';

/** A mailbox as mail programs show it. */
export interface MailAddress {
  readonly name: string;
  /** `ops@example.com`, its domain as it is looked up. */
  readonly address: string;
}

const FORM = /^(?:(?<name>[^<>\r\n]{0,200})<(?<inner>[^<>]+)>|(?<bare>[^<>]+))$/;
const ADDRESS = /^(?<local>[^\s@<>,;"]{1,64})@(?<domain>[^\s@<>,;"]{1,253})$/;

/** Reads `ops@example.com` or `On call <ops@example.com>`; `undefined` for anything else. */
export function mailAddress(text: unknown): MailAddress | undefined {
  if (typeof text !== 'string') return undefined;
  const { name = '', inner, bare } = FORM.exec(text.trim())?.groups ?? {};
  const { local = '', domain = '' } = ADDRESS.exec((inner ?? bare ?? '').trim())?.groups ?? {};
  const ascii = domainToASCII(domain);
  if (local === '' || ascii === '') return undefined;
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address: `${local}@${ascii}` };
}
