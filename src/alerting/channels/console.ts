import { withMethods } from '../../core/options.js';
import { cleanLine } from '../templates/clean-text.js';
import { plainText } from '../templates/plain-text.js';
import { checkChannelOptions } from './channel-options.js';
import type { Channel } from './channel.js';
import { MESSAGE_OPTION_RULES, messageWriter, type MessageOptions } from './message-writer.js';

/** What the console channel writes to: `console`, a pino logger. */
export interface AlertLogger {
  /** Gets what is over. */
  info(message: string): unknown;
  /** Gets what fires. */
  warn(message: string): unknown;
}

export interface ConsoleChannelOptions extends MessageOptions {
  /** Default: `console`. */
  readonly logger?: AlertLogger;
}

/**
 * Writes notifications to the log, for development and as a last resort.
 *
 * @example consoleChannel()
 * @throws InvalidOptionError naming the option
 */
export function consoleChannel(options: ConsoleChannelOptions = {}): Channel {
  checkChannelOptions('consoleChannel', options, { logger: withMethods('a logger', 'info', 'warn'), ...MESSAGE_OPTION_RULES });
  const { locale = 'en' } = options;
  const write = messageWriter(options, locale);
  return {
    kind: 'console',
    quotas: [],
    async send(notification) {
      const message = write(notification);
      const text = `${cleanLine(message.title)}\n\n${plainText(message, locale)}`;
      // Asked for now: tests and log libraries replace the console's methods, or all of it.
      const logger = options.logger ?? console;
      await (notification.status === 'resolved' ? logger.info(text) : logger.warn(text));
      return { delivered: true };
    },
  };
}
