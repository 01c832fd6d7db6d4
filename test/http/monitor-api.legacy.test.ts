import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

describe.each(expressVersions)('monitorApi as a legacy decorator in $name', version => {
  /** `http_requests_total` after one request to each route of a controller, which is observed, or not. */
  async function countsOf(mode: 'alone' | 'under monitorRequests'): Promise<Record<string, number>> {
    const test = testMonitor();
    const { monitorApi } = test.monitor;

    class Essays {
      text = 'graded';

      @monitorApi('grade_essay')
      grade(_req: App, res: App): void {
        res.send(this.text);
      }

      @monitorApi()
      async list(_req: App, res: App): Promise<void> {
        await Promise.resolve();
        res.send(this.text);
      }

      @monitorApi('count_essays')
      static count(_req: App, res: App): void {
        res.send('1');
      }

      // As in NestJS, the framework hands over what the method asks for.
      @monitorApi('find_essay')
      async find(id: string): Promise<string> {
        return Promise.resolve(`${this.text} ${id}`);
      }
    }

    const essays = new Essays();
    const app = version.app();
    if (mode !== 'alone') app.use(monitorRequests({ monitor: test.monitor }));
    app.post('/essays', (req: App, res: App) => essays.grade(req, res));
    app.get('/essays', (req: App, res: App) => essays.list(req, res));
    app.get('/count', Essays.count);
    app.get('/essays/:id', (req: App, res: App) => void essays.find(req.params.id).then(text => res.send(text)));
    const { send } = await serve(app);
    const answers = await Promise.all(['POST /essays', 'GET /essays', 'GET /count', 'GET /essays/7'].map(request => send(request)));
    expect(answers.map(({ text }) => text)).toEqual(['graded', 'graded', '1', 'graded 7']);
    return test.requests();
  }

  test('names the requests under monitorRequests, and counts each once', async () => {
    expect(await countsOf('under monitorRequests')).toEqual({
      'POST grade_essay 200': 1,
      'GET list 200': 1,
      'GET count_essays 200': 1,
      'GET find_essay 200': 1,
    });
  });

  test('counts the requests alone, and the calls that have none', async () => {
    expect(await countsOf('alone')).toEqual({
      'POST grade_essay 200': 1,
      'GET list 200': 1,
      'GET count_essays 200': 1,
      '_OTHER find_essay 200': 1,
    });
  });
});

test('what is no method is refused where it is decorated', () => {
  const { monitor } = testMonitor();
  expect(() => {
    class Essays {
      @(monitor.monitorApi('count') as any)
      get count(): number {
        return 1;
      }
    }
    return Essays;
  }).toThrow('accessor `count`');
});
