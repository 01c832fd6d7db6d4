import { json } from 'node:stream/consumers';
import { startProgram, type Program } from '../../support/program.js';
import { serve } from '../../support/serve.js';
import type { MemberPlan, Posted } from './member.js';

/** One process of an app. */
export interface Member extends AsyncDisposable {
  readonly process: Program;
  /** Rejects where the process fails to do it, or has ended. */
  tell<T = unknown>(command: string, input?: unknown): Promise<T>;
}

/** @param script path of member.ts, built */
export async function startMember(script: string, plan: MemberPlan): Promise<Member> {
  const process = startProgram(globalThis.process.execPath, script, JSON.stringify(plan));
  const port = (await process.line(/^port \d+$/)).slice('port '.length);
  return {
    process,
    tell: async <T>(command: string, input: unknown = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}/${command}`, { method: 'POST', body: JSON.stringify(input) });
      const answer = (await response.json()) as T;
      if (!response.ok) throw new Error(`${command} failed: ${JSON.stringify(answer)}`);
      return answer;
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** Takes what the processes post. */
export interface Target {
  readonly url: string;
  /** What was answered with 200, in order. */
  readonly posted: Posted[];
  answer: (posted: Posted) => Promise<number>;
}

export async function startTarget(): Promise<Target> {
  const target = {
    posted: [] as Posted[],
    answer: (_: Posted): Promise<number> => Promise.resolve(200),
    url: '',
  };
  const { url } = await serve((request, response) => {
    void (async () => {
      const posted = (await json(request)) as Posted;
      const status = await target.answer(posted);
      if (status === 200) target.posted.push(posted);
      response.writeHead(status).end();
    })().catch(() => {
      // The process died while it posted.
      response.destroy();
    });
  });
  target.url = url;
  return target;
}

/** What was told, without who told it when. */
export const told = (posted: readonly Posted[]): string[] => posted.map(({ reason, alerts }) => `${reason}: ${alerts.join()}`).sort();
