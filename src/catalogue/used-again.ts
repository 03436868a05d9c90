/**
 * Memory that is used again. What is taken anew at each look-up lies outside of V8's heap, and after some 60 MB of it V8
 * stops to mark all of its heap: that was what the slowest look-ups waited for.
 */

/** A buffer of the size asked for, valid until the next call. */
export type Room = (sizeBytes: number) => Buffer;

const LEAST_BYTES = 16 * 1024;

/** Room that grows to the largest size asked for. */
export function startRoom(): Room {
  let room = Buffer.alloc(0);
  return (sizeBytes) => {
    if (room.length < sizeBytes)
      room = Buffer.allocUnsafeSlow(LEAST_BYTES * Math.ceil(sizeBytes / LEAST_BYTES));
    return room.subarray(0, sizeBytes);
  };
}
