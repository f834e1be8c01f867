export async function status(_paths: readonly string[], _flags: object, _shell: object): Promise<number> {
  return 0;
}
