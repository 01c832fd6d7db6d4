import { aUrl, type ChannelOptionRule } from './channel-options.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The address of a chat robot. Who reads it can post to it, so it goes over the network encrypted only. */
export const aWebhookUrl: ChannelOptionRule = {
  allowed: 'a URL that begins with https://, without a user and a password in it (http:// only on this machine)',
  accepts: value => aUrl.accepts(value) && isPrivate(new URL(value as string)),
  isSecret: true,
};

function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || LOOPBACK.test(hostname);
}
