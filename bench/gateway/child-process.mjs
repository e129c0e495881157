import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a script of this folder in a process of its own.
 *
 * @param {string} name
 * @returns {{ ask(task?: object): Promise<any>, stop(): Promise<void> }} `ask` sends a task, if there is one, and gives the
 * next result
 */
export function startChild(name) {
  const child = fork(new URL(name, import.meta.url));
  const exited = once(child, 'exit');
  return {
    async ask(task) {
      if (task) child.send(task);
      const [answer] = await Promise.race([once(child, 'message'), exited.then(() => [{}])]);
      if ('result' in answer) return answer.result;
      throw new Error(answer.error ?? `${name} has ended; its error is above.`);
    },
    async stop() {
      child.kill();
      await exited;
    },
  };
}
