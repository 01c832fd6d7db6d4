// @ts-check
// Takes Alertmanager's webhooks, in a process of its own as a real receiver is, and says when each of so many alerts was told.
import http from 'node:http';

const wanted = Number(process.argv[2]);
/** @type {Set<string>} */ let told = new Set();
const server = http.createServer((request, response) => {
  /** @type {Buffer[]} */ const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    response.end();
    for (const { labels } of JSON.parse(Buffer.concat(chunks).toString()).alerts) told.add(labels.shard);
    if (told.size === wanted) process.send?.('all');
  });
});
process.on('message', () => {
  told = new Set();
  process.send?.('ready');
});
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
