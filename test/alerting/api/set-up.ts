import { AlertsEndpoint } from '../../../src/alerting/api/alerts-endpoint.js';
import type { AlertsAccess } from '../../../src/alerting/api/access.js';
import type { AlertsOptions } from '../../../src/alerting/options.js';
import { serve, type Answer, type TestServer } from '../../support/serve.js';
import { recordingChannel, testAlerts, type AlertsTest, type RecordingChannel } from '../set-up.js';

export interface ApiTest extends AlertsTest, TestServer {
  readonly channel: RecordingChannel;
  /** Sends JSON: `POST /alerts`. */
  ask(request: string, body?: unknown, headers?: Record<string, string>): Promise<Answer & { readonly json: any }>;
}

/** An API on a server of this machine, with one channel, open to `ada` unless it is said otherwise. */
export async function testApi(options: AlertsOptions = {}, authorize: AlertsAccess['authorize'] = () => 'ada'): Promise<ApiTest> {
  const channel = recordingChannel();
  const test = testAlerts({ channels: { dingtalk: channel }, ...options });
  const endpoint = new AlertsEndpoint(test.alerts, { authorize });
  const server = await serve((request, response) => void endpoint.handle(request, response));
  return {
    ...test,
    ...server,
    channel,
    async ask(request, body, headers = {}) {
      const isJson = request.startsWith('POST');
      const answer = await server.send(request, {
        headers: { ...(isJson && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { ...answer, json: parsed(answer.text) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
