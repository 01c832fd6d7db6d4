import { askUntil, ConfiguredServer } from './configured-server.js';

/** An alert as its API lists it. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
  readonly status: { readonly state: string };
}

/**
 * An Alertmanager on a free port of this machine, its data in a temporary folder.
 *
 * @example
 * const alertmanager = await Alertmanager.start(findServer('prometheus-alertmanager')!, { webhookUrl });
 * await alertmanager.until(alerts => alerts.length === 1);
 * await alertmanager.stop();
 */
export class Alertmanager extends ConfiguredServer {
  /**
   * Resolves when it is ready.
   *
   * @param program its path, by `findServer('prometheus-alertmanager')`
   * @param setting its configuration as an object or as a text, or where all notifications go at once
   */
  static async start(program: string, setting: { readonly config: object | string } | { readonly webhookUrl: string }): Promise<Alertmanager> {
    const launched = await ConfiguredServer.launch(program, {
      name: 'Alertmanager',
      config: 'config' in setting ? setting.config : everythingTo(setting.webhookUrl),
      args: data => [`--storage.path=${data}`, '--cluster.listen-address='],
    });
    return new Alertmanager(launched);
  }

  /** The alerts it holds that fire. */
  async alerts(): Promise<ListedAlert[]> {
    const response = await fetch(`${this.url}/api/v2/alerts`);
    return (await response.json()) as ListedAlert[];
  }

  /** Asks until its alerts are as wanted; the test's own timeout ends a wait in vain. */
  until(isWanted: (alerts: ListedAlert[]) => boolean): Promise<ListedAlert[]> {
    return askUntil(() => this.alerts(), isWanted);
  }
}

function everythingTo(webhookUrl: string): object {
  return {
    route: { receiver: 'all', group_by: ['...'], group_wait: '10ms', group_interval: '50ms', repeat_interval: '1h' },
    receivers: [{ name: 'all', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
  };
}
