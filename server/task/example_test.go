package task_test

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/server/task"
)

// A handler says what it needs and never waits itself. Run dry, it is a list of steps, which a simulator serves and a
// closed form adds up.
func ExampleSteps() {
	handler := func(t *task.T) {
		if t.CPU(2*time.Millisecond) != nil {
			return // the worker has given it up
		}
		_ = t.Wait(20 * time.Millisecond)
	}
	steps, err := task.Steps(nil, task.Of(handler))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range steps {
		fmt.Println(map[task.Kind]string{task.OnCPU: "computes", task.OffCPU: "waits"}[s.Kind], s.For)
	}
	// Output:
	// computes 2ms
	// waits 20ms
}

// Who consumes a task decides what its demands mean. This one performs none: the handler is stopped at its first wait.
func ExampleOf() {
	handler := task.Of(func(t *task.T) {
		_ = t.CPU(time.Millisecond)
		if err := t.Wait(time.Second); err != nil {
			fmt.Println(err)
		}
	})
	for op := range handler {
		if wait, is := op.(*task.Wait); is {
			fmt.Println("would wait", wait.For)
			break
		}
	}
	// Output:
	// would wait 1s
	// task: stopped by the worker
}
