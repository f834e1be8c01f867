/**
 * Reads the bits of an H.264 unit, without the bytes that keep it from looking like the start of another.
 *
 * Past the end it reads zeros; `ended` tells.
 *
 * @see ITU-T H.264, 7.3.1 (`emulation_prevention_three_byte`) and 9.1 (Exp-Golomb codes)
 */
export class BitReader {
  readonly #bytes: readonly number[];
  #at = 0;

  constructor(unit: Uint8Array) {
    this.#bytes = [...unit].filter((byte, index) => !(byte === 3 && unit[index - 1] === 0 && unit[index - 2] === 0));
  }

  get ended(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  bit(): number {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    const bit = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at++;
    return bit;
  }

  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + this.bit();
    return value;
  }

  /** `ue(v)` */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0 && zeros < 32) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** `se(v)` */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
