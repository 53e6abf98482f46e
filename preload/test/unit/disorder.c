/* What arrives out of order finds its counterpart, and only its own. */
#include "disorder.h"

#include "check.h"

static hh_disorder disorder;
static hh_thread thread_a, thread_b;

static hh_live_block block(uint64_t key, uint64_t time, uint64_t number) {
  return (hh_live_block){.key = key, .time = time, .number = number};
}

static void parked_blocks(void) {
  hh_live_block older = block(7, 1000, 1), newer = block(7, 2000, 2), got;
  hh_disorder_park(&disorder, &older, 2000, 1);
  hh_disorder_park(&disorder, &newer, 3000, 1);
  CHECK("another address", !hh_disorder_take_parked(&disorder, 8, 9000, &got));
  CHECK("from before both", !hh_disorder_take_parked(&disorder, 7, 999, &got));
  CHECK("the newest before the deallocation", hh_disorder_take_parked(&disorder, 7, 1500, &got) && got.number == 1);
  CHECK("then the other", hh_disorder_take_parked(&disorder, 7, 2500, &got) && got.number == 2);
  CHECK("each once", !hh_disorder_take_parked(&disorder, 7, 9000, &got));
}

static void early_frees(void) {
  hh_event free_of_a = {.key = 5, .time = 1000, .thread = &thread_a}, got;
  hh_disorder_wait(&disorder, &free_of_a);
  CHECK("of the same thread: in order", !hh_disorder_take_early(&disorder, 5, 900, &thread_a, &got));
  CHECK("of another address", !hh_disorder_take_early(&disorder, 6, 900, &thread_b, &got));
  CHECK("made long after", !hh_disorder_take_early(&disorder, 5, 1000 + HH_DOUBT + 1, &thread_b, &got));
  CHECK("within doubt", hh_disorder_take_early(&disorder, 5, 1000 + HH_DOUBT, &thread_b, &got) && got.time == 1000);
  CHECK("once", !hh_disorder_take_early(&disorder, 5, 900, &thread_b, &got));
}

static void patience(void) {
  hh_live_block is = block(9, 1, 3);
  hh_parked_block parked;
  hh_event early = {.key = 5, .time = 1, .thread = &thread_a}, got;
  hh_disorder_park(&disorder, &is, 77, 4);
  hh_disorder_wait(&disorder, &early);
  for (int pass = 0; pass < HH_PATIENT_PASSES; pass++, disorder.pass++)
    CHECK("not yet", !hh_disorder_give_up_parked(&disorder, &parked) && !hh_disorder_give_up_early(&disorder, &got));
  disorder.pass++;
  CHECK("parked too long",
        hh_disorder_give_up_parked(&disorder, &parked) && parked.block.number == 3 && parked.reused_at == 77);
  CHECK("early for too long", hh_disorder_give_up_early(&disorder, &got) && got.key == 5);
  CHECK("nothing left", !hh_disorder_give_up_parked(&disorder, &parked) && disorder.early_count == 0);
}

static void full(void) {
  hh_parked_block parked;
  uint64_t given_up = 0;
  for (uint64_t i = 1; i <= 200; i++) {
    hh_live_block is = block(i, i, i);
    hh_disorder_park(&disorder, &is, i, 1);
    while (hh_disorder_give_up_parked(&disorder, &parked))
      CHECK("the oldest goes", parked.block.number == ++given_up);
  }
  CHECK("the rest is there", disorder.parked_count == 200 - given_up && disorder.parked_count < HH_WAITING);
}

int main(void) {
  parked_blocks();
  early_frees();
  patience();
  full();
  return hh_check_end();
}
