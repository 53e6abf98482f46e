// A Go program that also uses C's heap, from many threads, with small stacks and Go's signal handlers.
package main

/*
#include <stdlib.h>
#include <string.h>
static int touch(int size) {
  char *block = malloc(size);
  memset(block, 1, size);
  int value = block[size - 1];
  free(block);
  return value;
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"sync"
)

func main() {
	var group sync.WaitGroup
	results := make([]int, 16)
	for i := range results {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			runtime.LockOSThread()
			for k := 1; k < 3000; k++ {
				results[n] += int(C.touch(C.int(k)))
			}
		}(i)
	}
	group.Wait()
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		var nothing *int
		fmt.Println(*nothing)
	}()
	fmt.Println(results)
}
