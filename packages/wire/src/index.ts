export * from "./gen/heaphound/v1/ingest_pb.js";
export * from "./gen/heaphound/v1/fleet_pb.js";
export { WireError, type WireReason } from "./error.js";
export * from "./limits.js";
export { readEnvelope, type ClientMessageKind, type Envelope } from "./envelope.js";
export {
  readBlockHeader,
  type BlockClock,
  type BlockHeader,
  type BlockLoss,
  type BlockMemory,
  type BlockTotals,
} from "./block/header.js";
export type { BlockCounted, BlockMarker, BlockModeChange } from "./block/notes.js";
export { LIFETIME_BUCKETS, type CulledColumns } from "./block/culled.js";
export { checkMemoryCalls, type BlockExtras, type BlockMaps } from "./block/memory.js";
export { BlockDecoder, type DecodeContext } from "./block/decoder.js";
export { KIND_ALIGNED, KIND_CALLOC, KIND_MALLOC, KIND_REALLOC } from "./block/kinds.js";
export type { AllocationColumns, LateFreeColumns } from "./block/view.js";
export {
  readDictionary,
  type AddressRange,
  type DictionaryDelta,
  type CodeName,
  type ModuleDefinition,
  type ModuleUnloaded,
  type ThreadDefinition,
} from "./dictionary/read.js";
export { DictionaryState, type DictionaryLimits, type LoadedModule } from "./dictionary/state.js";
export { readSpool, SPOOL_MAGIC, type RandomAccess } from "./spool.js";
export { readRecording, writeRecording, RECORDING_MAGIC, type RecordingEnd } from "./recording.js";
export { blockBytes, clientMessage, encodeEvents, makeBlock, type BlockParts } from "./encode/block.js";
export { EventEncoder, type EncodedEvents } from "./encode/columns.js";
export { DictionaryBuilder, type DictionaryExtra } from "./encode/dictionary.js";
export type { AllocationEvent, AllocationOrigin, FreeEvent, WireEvent } from "./encode/events.js";
