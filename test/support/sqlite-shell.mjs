// Run by a Node that has `node:sqlite`: runs the statements that it is told, one JSON a line, and answers likewise.
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(':memory:');
for await (const line of createInterface({ input: process.stdin })) {
  const { sql, values } = JSON.parse(line);
  const answer = run(sql, values);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function run(sql, values) {
  try {
    if (values === undefined) {
      database.exec(sql);
      return { rows: [] };
    }
    return { rows: database.prepare(sql).all(...values) };
  } catch (error) {
    return { error: String(error) };
  }
}
