import { monitorOptionsFromEnv } from 'sightline';
import { dingTalk, email, type AlertsOptions } from 'sightline/alerting';
import { startDingTalkStandIn } from '../../stand-ins/dingtalk-stand-in.js';
import { linesOfMarkdown, plainLines } from '../../stand-ins/plain-lines.js';
import { startSmtpStandIn } from '../../stand-ins/smtp-stand-in.js';

/** How the platform reaches people. */
export interface AlertChannels {
  readonly channels: NonNullable<AlertsOptions['channels']>;
  /** For a person: where alerts go. */
  readonly description: string;
  /** How many messages each of the stand-ins took, by the channel's name; `undefined` where the services are real. */
  readonly taken: (() => Map<string, number>) | undefined;
  close(): Promise<void>;
}

/** The services that the environment names (`DINGTALK_WEBHOOK_URL`, …); without any, stand-ins that print what they get. */
export async function openAlertChannels(print: (lines: readonly string[]) => void): Promise<AlertChannels> {
  const real = monitorOptionsFromEnv().alerts?.channels;
  if (real !== undefined && Object.keys(real).length > 0) {
    return { channels: real, description: `Its alerts go to ${Object.keys(real).join(' and ')}, as the environment says.`, taken: undefined, close: async () => {} };
  }
  const robot = await startDingTalkStandIn({
    onMessage: ({ text }) => {
      print(framed('DingTalk (a stand-in; the signature is right)', linesOfMarkdown(text)));
    },
    onRefusal: ({ errcode, message }) => {
      print(framed('DingTalk (a stand-in) refused a message', [`${errcode}: ${message}`]));
    },
  });
  const mailServer = await startSmtpStandIn(({ subject, text, to }) => {
    print(framed(`Mail to ${to.join(', ')} (by a stand-in, to nobody)`, plainLines(`${subject}\n${text}`)));
  });
  return {
    channels: {
      // In Chinese, as is DingTalk's default.
      dingtalk: dingTalk({ webhookUrl: robot.webhookUrl, secret: robot.secret }),
      email: email({ smtp: mailServer.url, from: 'Learning platform <alerts@platform.example>', to: 'oncall@platform.example' }),
    },
    description: 'Stand-ins for DingTalk and a mail server print its alerts below: nobody is called.',
    taken: () => new Map([['dingtalk', robot.taken], ['email', mailServer.taken]]),
    async close() {
      await robot.close();
      await mailServer.close();
    },
  };
}

function framed(heading: string, lines: readonly string[]): string[] {
  return [`┌ ${heading}`, ...lines.map(line => `│ ${line}`), '└'];
}
