/** Errors of sound: what our own readers and the audio door find in a file. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const AUDIO_ERRORS = {
  // audio
  AUDIO_FORMAT_UNSUPPORTED: {
    wanted: 'sound in Ogg Vorbis, Ogg Opus, FLAC, MP3, WAV or AIFF, told by its first bytes',
    next: 'the original is kept as it is; convert it yourself if a derivative is wanted',
  },
  AUDIO_UNDECODABLE: {
    wanted: 'sound that the decoder can read',
    next: 'the original is kept as it is and gets no derivative; try to get it again from its source',
  },
  AUDIO_CHANNELS_UNSUPPORTED: {
    wanted: 'one to eight channels whose loudspeakers the file tells',
    next: 'the original is kept as it is and gets no derivative',
  },
  AUDIO_ENGINE_UNSAFE: {
    wanted: 'namespaces for the ffmpeg engine, which reads foreign bytes in native code',
    next: 'allow unprivileged user namespaces, or use the wasm engine',
  },
  IMAGE_FORMAT_UNSUPPORTED: {
    wanted: 'a picture in JPEG, PNG or WebP, told by its first bytes',
    next: 'the picture is kept as it is and not shown; convert it yourself if it is to be seen',
  },
  IMAGE_TOO_LARGE: {
    wanted: 'a picture of ten million pixels at most, six as WebP',
    next: 'the picture is kept as it is and not shown; lay a smaller one beside the music',
  },
  IMAGE_UNDECODABLE: {
    wanted: 'a whole picture that the decoder can read',
    next: 'the picture is kept as it is and not shown; lay another one beside the music',
  },
  // formats: audio
  AUDIO_NOT_AUDIO: {
    wanted: 'the bytes of a sound recording, whatever the file is called',
    next: 'look at what the file is; it is not held as a recording and gets no derivative',
  },
  AUDIO_NOT_CHECKED: {
    wanted: 'Ogg (Vorbis, Opus, FLAC), FLAC, MPEG audio, WAV or AIFF, whose integrity is read here',
    next: 'keep the file: its digest protects it from now on, but nothing was said of its past',
  },
  AUDIO_BUDGET: {
    wanted: 'sound in proportion to the bytes it comes in',
    next: 'look at the file by hand; it was kept and not decoded further',
  },
  AUDIO_FOREIGN_DATA: {
    wanted: 'audio and tags only',
    next: 'nothing has to be done; the foreign bytes are kept with the file and not part of the audio digest',
  },
  AUDIO_TAGS_INCOMPLETE: {
    wanted: 'tags and pictures that can be read and are within their caps',
    next: 'nothing has to be done; the file keeps them as they are, and the record says what was left out',
  },
  AUDIO_CUT_INVISIBLE: {
    wanted: 'a stated length, so that a missing end can be seen',
    next: 'compare the duration with the catalogue',
  },
  AUDIO_TAGS_INVALID: {
    wanted: 'a tag block that can be read to its end',
    next: 'nothing has to be done for the sound; tags may be missing',
  },
  AUDIO_OGG_CRC: {
    wanted: 'Ogg pages whose checksum fits',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_OGG_PAGE: {
    wanted: 'Ogg pages that follow one another without other bytes between them',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_OGG_TRUNCATED: {
    wanted: 'a last page marked as the end of the stream',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_OGG_SEQUENCE: {
    wanted: 'page numbers without a gap',
    next: 'get the file again from its source: pages are missing',
  },
  AUDIO_OGG_GRANULE: {
    wanted: 'positions in time that go forward and agree with the packets',
    next: 'listen to the place named: sound may be missing there',
  },
  AUDIO_OGG_HEADER: {
    wanted: 'the header packets its codec asks for',
    next: 'get the file again from its source; it cannot be played',
  },
  AUDIO_OGG_STREAMS: {
    wanted: 'one sound stream in the file',
    next: 'nothing has to be done; only the first sound stream is counted',
  },
  AUDIO_FLAC_FRAME: {
    wanted: 'FLAC frames that decode and whose checksums fit',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_FLAC_TRUNCATED: {
    wanted: 'a FLAC stream that ends with a whole frame',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_FLAC_COUNT: {
    wanted: 'as many samples as STREAMINFO states',
    next: 'get the file again from its source: frames are missing, or the header is wrong',
  },
  AUDIO_FLAC_SEQUENCE: {
    wanted: 'frame numbers without a gap',
    next: 'get the file again from its source: frames are missing',
  },
  AUDIO_FLAC_MD5: {
    wanted: 'samples with the MD5 that STREAMINFO states',
    next: 'get the file again from its source: the sound is not what its encoder was given',
  },
  AUDIO_FLAC_METADATA: {
    wanted: 'metadata blocks as RFC 9639 lays them out, STREAMINFO first and true of the frames',
    next: 'nothing has to be done if the verdict is intact; some players may refuse the file',
  },
  AUDIO_MPEG_CHAIN: {
    wanted: 'MPEG frames each of which ends where the next begins',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_MPEG_TRUNCATED: {
    wanted: 'a last MPEG frame that is whole',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_MPEG_COUNT: {
    wanted: 'as many frames as the Xing, Info or VBRI header states',
    next: 'get the file again from its source: frames are missing',
  },
  AUDIO_MPEG_CRC: {
    wanted: 'the checksum that the LAME header states for the music',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_WAV_SIZE: {
    wanted: 'chunks whose stated sizes fit the length of the file',
    next: 'get the file again from its source if the verdict is damaged: its end is missing',
  },
  AUDIO_WAV_HEADER: {
    wanted: 'a fmt chunk before the data chunk, true of the data',
    next: 'get the file again from its source; it cannot be played',
  },
  AUDIO_MP4_SIZE: {
    wanted: 'boxes and samples that lie inside the file',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_MP4_BOX: {
    wanted: 'boxes one after another and inside one another, moov and mdat among them',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_AIFF_SIZE: {
    wanted:
      'chunks whose stated sizes fit the length of the file, and as many samples as COMM states',
    next: 'get the file again from its source if the verdict is damaged: its end is missing',
  },
  AUDIO_AIFF_HEADER: {
    wanted: 'a COMM chunk that says how the sound is laid out, and chunks one after another',
    next: 'get the file again from its source; it cannot be played',
  },
  // fingerprints
  FINGERPRINT_INDEX_DAMAGED: {
    wanted: 'a segment of the fingerprint index with the bytes that were written',
    next: 'remove the file that is named below index/; the next add makes it anew from the ledger',
  },
  FINGERPRINT_MALFORMED: {
    wanted:
      'an acoustic fingerprint of algorithm 2 in the form that fpcalc prints, or whole words in base64',
    next: 'take the fingerprint anew, with fpcalc or by adding the file again',
  },
} as const satisfies Record<string, ErrorEntry>;
