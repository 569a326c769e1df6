package results_test

import (
	"fmt"
	"os"

	"github.com/workerlab/workerlab/results"
)

// A folder keeps every run by itself; what is asked of several is asked of a table.
func ExampleStore() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := keep(dir+"/first", 175, 180, 171); err != nil {
		fmt.Println(err)
		return
	}
	table, err := results.Load(dir + "/first")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Where("workers", 2).Valid().Values("throughput"))
	// Output: [175 180 171]
}

// keep keeps a run for each throughput.
func keep(dir string, throughputs ...float64) (err error) {
	store, err := results.Create(dir)
	if err != nil {
		return err
	}
	defer func() {
		if closed := store.Close(); err == nil {
			err = closed
		}
	}()
	for i, x := range throughputs {
		cell := results.Cell{"workers": 2}
		r := results.Record{Run: "example", Trial: cell.Key(), Cell: cell, Repetition: i, Order: i, Try: 1, Origin: results.Measured, System: results.Ours}
		r.Set("throughput", x, "requests/s")
		if err := store.Append(r); err != nil {
			return err
		}
	}
	return nil
}
