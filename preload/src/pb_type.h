/* How protobuf writes a field. */
#ifndef HH_PB_TYPE_H
#define HH_PB_TYPE_H
typedef enum hh_pb_type { HH_PB_VARINT = 0, HH_PB_FIXED64 = 1, HH_PB_BYTES = 2, HH_PB_FIXED32 = 5 } hh_pb_type;
#endif
