/** FLAC bytes into sound, through the integer decoder of `src/formats`: samples become floats of full scale ±1. */
import { type FlacDecoder, startFlacDecoder } from '../formats/flac-decoder.ts';

/** Sound of one stretch, and how many faults the decoder met in it. */
export interface FlacPart {
  readonly rateHz: number;
  readonly channels: Float32Array[];
  readonly faults: number;
}

/** The sound of a FLAC file, being fed. */
export interface FlacDecoding {
  decode(chunk: Uint8Array): Promise<FlacPart[]>;
  flush(): Promise<FlacPart[]>;
  free(): void;
}

/** A decoder for one file. */
export function startFlacDecoding(): FlacDecoding {
  let parts: FlacPart[] = [];
  const decoder: FlacDecoder = startFlacDecoder({
    frame(frame) {
      const scale = 2 ** (1 - frame.bitsPerSample);
      const channels = frame.channels.map((channel) => scaled(channel, frame.samples, scale));
      parts.push({ rateHz: frame.sampleRateHz, channels, faults: 0 });
    },
    fault() {
      parts.push({ rateHz: 0, channels: [], faults: 1 });
    },
  });
  const take = (): FlacPart[] => {
    const taken = parts;
    parts = [];
    return taken;
  };
  return {
    async decode(chunk) {
      decoder.push(chunk);
      return take();
    },
    async flush() {
      decoder.finish();
      return take();
    },
    free() {
      parts = [];
    },
  };
}

function scaled(samples: Int32Array, count: number, scale: number): Float32Array {
  const result = new Float32Array(count);
  for (let at = 0; at < count; at += 1) result[at] = samples[at]! * scale;
  return result;
}
