import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { nodeBinary } from '../../support/node-versions.mjs';
import type { Row } from './harness/matrix.mjs';
import { PROJECT, programPath } from './project.mjs';

const execute = promisify(execFile);

/** A program of `matrix/`, an SDK of a release where it is told which, and the Node releases that this SDK runs on. */
export interface Program {
  readonly name: string;
  readonly args?: readonly string[];
  readonly nodes: readonly number[];
}

/** The oldest Node that Sightline supports where an SDK does, and one that all of them support. */
export const PROGRAMS: readonly Program[] = [
  { name: 'openai', args: ['openai'], nodes: [24] },
  { name: 'openai', args: ['openai6'], nodes: [20, 24] },
  { name: 'anthropic', nodes: [20, 24] },
  { name: 'google', nodes: [24] },
  { name: 'bedrock', nodes: [20, 24] },
  { name: 'ai', args: ['7'], nodes: [24] },
  { name: 'ai', args: ['6'], nodes: [20, 24] },
  { name: 'ai', args: ['5'], nodes: [20, 24] },
  { name: 'langchain', args: ['openai'], nodes: [24] },
  { name: 'langchain', args: ['anthropic'], nodes: [20, 24] },
  { name: 'mistral', nodes: [20, 24] },
  { name: 'cohere', nodes: [20, 24] },
  { name: 'groq', nodes: [20, 24] },
  { name: 'ollama', nodes: [20, 24] },
];

/** Runs a program to its end. Rejects with what it printed when it fails, and when it does not end. */
export async function runProgram({ name, args = [] }: Program, node: number): Promise<Row[]> {
  const { stdout } = await execute(nodeBinary(node), [programPath(name), ...args], {
    cwd: PROJECT,
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
    // What they warn of (deprecated models, Node releases) is theirs.
    env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' },
  });
  return stdout
    .split('\n')
    .filter(line => line.startsWith('{"row":'))
    .map(line => (JSON.parse(line) as { row: Row }).row);
}
