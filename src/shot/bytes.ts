const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** An amount of data as people read it: `3.4 GiB`, `12 MiB`, `512 bytes`. */
export function showBytes(bytes: number): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`;
  if (bytes >= MIB) return `${Math.round(bytes / MIB)} MiB`;
  return `${Math.round(bytes)} bytes`;
}
