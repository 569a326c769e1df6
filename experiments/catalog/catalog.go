// Package catalog lists the experiments, in the order in which a report tells them.
package catalog

import (
	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/acceptbalance"
	"github.com/workerlab/workerlab/experiments/backlogoverflow"
	"github.com/workerlab/workerlab/experiments/cgicost"
	"github.com/workerlab/workerlab/experiments/eventloopblocked"
	"github.com/workerlab/workerlab/experiments/eventloopio"
	"github.com/workerlab/workerlab/experiments/gatewaychain"
	"github.com/workerlab/workerlab/experiments/gilconvoy"
	"github.com/workerlab/workerlab/experiments/gilcpu"
	"github.com/workerlab/workerlab/experiments/hiddenblock"
	"github.com/workerlab/workerlab/experiments/keepalive"
	"github.com/workerlab/workerlab/experiments/keepaliveproxy"
	"github.com/workerlab/workerlab/experiments/maxrequestsjitter"
	"github.com/workerlab/workerlab/experiments/maxrequestsleak"
	"github.com/workerlab/workerlab/experiments/onepod"
	"github.com/workerlab/workerlab/experiments/preloadmemory"
	"github.com/workerlab/workerlab/experiments/processperrequest"
	"github.com/workerlab/workerlab/experiments/queueinglaw"
	"github.com/workerlab/workerlab/experiments/reloadloses"
	"github.com/workerlab/workerlab/experiments/ruleofthumb"
	"github.com/workerlab/workerlab/experiments/slowclients"
	"github.com/workerlab/workerlab/experiments/slowclientsproxy"
	"github.com/workerlab/workerlab/experiments/syncfits"
	"github.com/workerlab/workerlab/experiments/threadsio"
	"github.com/workerlab/workerlab/experiments/threadsmemory"
	"github.com/workerlab/workerlab/experiments/timeoutnotlimit"
	"github.com/workerlab/workerlab/experiments/timeoutrestarts"
	"github.com/workerlab/workerlab/experiments/timeouttoohigh"
	"github.com/workerlab/workerlab/experiments/tornadowsgi"
	"github.com/workerlab/workerlab/experiments/workerisolation"
	"github.com/workerlab/workerlab/experiments/workersconcurrency"
	"github.com/workerlab/workerlab/experiments/workersmemory"
)

// Experiments are all experiments.
func Experiments() []experiments.Experiment {
	all := []experiments.Experiment{
		workersconcurrency.Experiment,
		workersmemory.Experiment,
		threadsmemory.Experiment,
		ruleofthumb.Experiment,
		gilcpu.Experiment,
		threadsio.Experiment,
		gilconvoy.Experiment,
		syncfits.Experiment,
		eventloopio.Experiment,
		eventloopblocked.Experiment,
		tornadowsgi.Experiment,
		timeoutrestarts.Experiment,
		timeoutnotlimit.Experiment,
		keepalive.Experiment,
		slowclients.Experiment,
		slowclientsproxy.Experiment,
		keepaliveproxy.Experiment,
		gatewaychain.Experiment,
		cgicost.Experiment,
		processperrequest.Experiment,
		acceptbalance.Experiment,
		preloadmemory.Experiment,
		maxrequestsjitter.Experiment,
		backlogoverflow.Experiment,
		hiddenblock.Experiment,
		onepod.Experiment,
		queueinglaw.Experiment,
		timeouttoohigh.Experiment,
		reloadloses.Experiment,
		maxrequestsleak.Experiment,
		workerisolation.Experiment,
	}
	for i, e := range all {
		if e.Conclude != nil {
			all[i].Claim, all[i].Said, all[i].Korean.Doc = e.Text.Claim(), e.Text.Said(), e.Text.KoreanExplain()
		}
	}
	return all
}
