// A Go program: allocates in its own heap, starts goroutines, prints, and ends with a code of its own.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

func main() {
	var group sync.WaitGroup
	var lock sync.Mutex
	sum := 0
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			blocks := make([][]byte, 1000)
			for k := range blocks {
				blocks[k] = make([]byte, 100+n)
			}
			time.Sleep(20 * time.Millisecond)
			lock.Lock()
			sum += len(blocks[7])
			lock.Unlock()
		}(i)
	}
	group.Wait()
	fmt.Println("sum", sum)
	os.Exit(11)
}
