// @ts-check
// An Express app that is sent requests in memory: node express-app.mjs <variant>
import { serveSlices } from '../support/child.mjs';
import { exportedSpans } from '../support/discarded-spans.mjs';
import { createServer, PATHS } from '../support/express-variants.mjs';
import { injector } from '../support/in-memory-connection.mjs';

const { server, text } = createServer(process.argv[2] ?? '');
const requests = PATHS.map(path =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: application/json\r\n\r\n`),
);
const inject = injector(server, requests);
let sent = 0;

for (const path of PATHS) {
  const answer = await inject.answer();
  if (!answer.startsWith('HTTP/1.1 200 OK')) throw new Error(`GET ${path} was answered by ${answer}`);
  sent++;
}

serveSlices(
  async times => {
    const start = process.cpuUsage();
    await inject.send(times);
    const { user, system } = process.cpuUsage(start);
    sent += times;
    return { cpu: (user + system) / times };
  },
  async () => ({ sent, exportedSpans, text: await text() }),
);
