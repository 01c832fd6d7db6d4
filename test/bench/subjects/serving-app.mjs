// @ts-check
// An Express app on a port: node serving-app.mjs <variant>. A slice is a look at the CPU time it has taken.
import { serveSlices } from '../support/child.mjs';
import { createServer } from '../support/express-variants.mjs';

const { server } = createServer(process.argv[2] ?? '');
await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)));

serveSlices(
  async () => {
    const { user, system } = process.cpuUsage();
    return { port: server.address().port, cpu: user + system };
  },
  () => undefined,
);
