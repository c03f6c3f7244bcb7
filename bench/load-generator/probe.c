/* For the tests: prints the percentiles of the numbers on standard input, then the first times of a schedule. */
#include <stdio.h>
#include <stdlib.h>
#include "histogram.h"
#include "schedule.h"

int main(int argc, char **argv) {
  static struct histogram histogram;
  static const double shares[] = {0, 0.5, 0.9, 0.99, 0.999, 1};
  unsigned long value;
  if (argc != 3) return 2;
  while (scanf("%lu", &value) == 1) histogram_record(&histogram, value);
  for (int i = 0; i < 6; i++) printf("%lu\n", (unsigned long)histogram_percentile(&histogram, shares[i]));
  struct schedule schedule = schedule_from(0, atof(argv[1]));
  for (int i = atoi(argv[2]); i > 0; i--, schedule_advance(&schedule)) printf("%.0f\n", schedule.due);
  return 0;
}
