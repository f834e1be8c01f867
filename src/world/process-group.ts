/** Leaders of process groups that run on our behalf. */
const running = new Set<number>();

/**
 * Takes charge of a detached process and its group. A terminal's Ctrl-C no longer reaches it, so it is ended here should
 * we leave before it does.
 *
 * @returns to be called once the process has ended
 */
export function takeCharge(pid: number): () => void {
  if (running.size === 0) process.on("exit", endAll);
  running.add(pid);
  return () => {
    running.delete(pid);
    if (running.size === 0) process.off("exit", endAll);
  };
}

/** Ends a process and all that it started; nothing happens when none of them is left. */
export function endGroup(pid: number): void {
  try {
    // Windows has no groups: there a negative number is refused, and the leader itself has been ended already.
    process.kill(-pid, "SIGKILL");
  } catch {}
}

function endAll(): void {
  for (const pid of running) endGroup(pid);
}
