/** Where two doubles differ first: the sign is bit 1 of 64, then the exponent, then the mantissa. */
export interface FirstBit {
  part: "sign" | "exponent" | "mantissa";
  /** From 1, the most significant first. */
  n: number;
}

const EXPONENT_BITS = 11;

/** Null where every bit is the same, so that −0 and 0 differ. */
export function firstBit(one: number, other: number): FirstBit | null {
  const difference = bits(one) ^ bits(other);
  if (difference === 0n) return null;
  const n = 65 - difference.toString(2).length;
  return { part: n === 1 ? "sign" : n <= 1 + EXPONENT_BITS ? "exponent" : "mantissa", n };
}

function bits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
