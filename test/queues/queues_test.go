// The scheduler of YuniKorn, without a cluster, on the queues of a site: what it accepts, where it puts applications,
// and what it gives them. QUEUES names the file.
package queues

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/apache/yunikorn-core/pkg/common/configs"
	"github.com/apache/yunikorn-core/pkg/entrypoint"
	"github.com/apache/yunikorn-scheduler-interface/lib/go/api"
	"github.com/apache/yunikorn-scheduler-interface/lib/go/si"
)

const (
	manager   = "lakeport"
	partition = "[" + manager + "]default"
	patience  = 30 * time.Second
)

// A cluster that says yes to everything, and keeps what it is told.
type cluster struct {
	mutex    sync.Mutex
	accepted map[string]bool
	rejected map[string]string
	states   map[string]string
	placed   map[string]*si.Allocation
}

func (c *cluster) locked(change func()) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	change()
	return nil
}

func (c *cluster) UpdateApplication(said *si.ApplicationResponse) error {
	return c.locked(func() {
		for _, each := range said.Accepted {
			c.accepted[each.ApplicationID] = true
		}
		for _, each := range said.Rejected {
			c.rejected[each.ApplicationID] = each.Reason
		}
		for _, each := range said.Updated {
			c.states[each.ApplicationID] = each.State
		}
	})
}

func (c *cluster) UpdateAllocation(said *si.AllocationResponse) error {
	return c.locked(func() {
		for _, each := range said.New {
			c.placed[each.AllocationKey] = each
		}
		for _, each := range said.Released {
			delete(c.placed, each.AllocationKey)
		}
	})
}

func (c *cluster) UpdateNode(*si.NodeResponse) error                                        { return nil }
func (c *cluster) Predicates(*si.PredicatesArgs) error                                      { return nil }
func (c *cluster) SendEvent([]*si.EventRecord)                                              {}
func (c *cluster) GetStateDump() (string, error)                                            { return "{}", nil }
func (c *cluster) UpdateContainerSchedulingState(*si.UpdateContainerSchedulingStateRequest) {}
func (c *cluster) PreemptionPredicates(*si.PreemptionPredicatesArgs) *si.PreemptionPredicatesResponse {
	return &si.PreemptionPredicatesResponse{}
}

func (c *cluster) placedOf(application string) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	count := 0
	for _, each := range c.placed {
		if each.ApplicationID == application {
			count++
		}
	}
	return count
}

func (c *cluster) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		c.mutex.Lock()
		done := holds()
		c.mutex.Unlock()
		if done {
			return
		}
	}
	t.Fatalf("not within %s: %s; accepted %v, rejected %v, states %v", patience, what, c.accepted, c.rejected, c.states)
}

func file(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(os.Getenv("QUEUES"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A scheduler with nodes of 16 cores and 64 GiB.
func start(t *testing.T, nodes int) (*cluster, api.SchedulerAPI) {
	t.Helper()
	services := entrypoint.StartAllServicesWithParams(false, false)
	t.Cleanup(services.StopAll)
	seen := &cluster{
		accepted: map[string]bool{},
		rejected: map[string]string{},
		states:   map[string]string{},
		placed:   map[string]*si.Allocation{},
	}
	proxy := services.RMProxy
	request := &si.RegisterResourceManagerRequest{
		RmID: manager, PolicyGroup: "queues", Version: "1", BuildInfo: map[string]string{"of": "test"}, Config: file(t),
	}
	if _, err := proxy.RegisterResourceManager(request, seen); err != nil {
		t.Fatal(err)
	}
	for index := range nodes {
		node := &si.NodeInfo{
			NodeID: fmt.Sprintf("node-%d", index), Action: si.NodeInfo_CREATE, Attributes: map[string]string{},
			SchedulableResource: amounts(16, 64),
		}
		if err := proxy.UpdateNode(&si.NodeRequest{Nodes: []*si.NodeInfo{node}, RmID: manager}); err != nil {
			t.Fatal(err)
		}
	}
	return seen, proxy
}

// Cores and GiB of a pod or a node.
func amounts(cores, memory int64) *si.Resource {
	return &si.Resource{Resources: map[string]*si.Quantity{
		"vcore": {Value: cores * 1000}, "memory": {Value: memory << 30}, "pods": {Value: 110},
	}}
}

func pod(cores, memory int64) *si.Resource {
	one := amounts(cores, memory)
	one.Resources["pods"].Value = 1
	return one
}

// An application of a namespace, whatever queue it names.
func apply(t *testing.T, proxy api.SchedulerAPI, name, namespace string, change func(*si.AddApplicationRequest)) {
	t.Helper()
	added := &si.AddApplicationRequest{
		ApplicationID: name, QueueName: "root.team-analytics", PartitionName: partition,
		Ugi: &si.UserGroupInformation{User: "nobody"}, Tags: map[string]string{"namespace": namespace},
	}
	if change != nil {
		change(added)
	}
	if err := proxy.UpdateApplication(&si.ApplicationRequest{New: []*si.AddApplicationRequest{added}, RmID: manager}); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, proxy api.SchedulerAPI, name string, count int, each *si.Resource, group string) {
	t.Helper()
	asks := make([]*si.Allocation, count)
	for index := range asks {
		asks[index] = &si.Allocation{
			AllocationKey: fmt.Sprintf("%s-%d", name, index), ApplicationID: name, PartitionName: partition,
			ResourcePerAlloc: each, Placeholder: group != "", TaskGroupName: group,
		}
	}
	if err := proxy.UpdateAllocation(&si.AllocationRequest{Allocations: asks, RmID: manager}); err != nil {
		t.Fatal(err)
	}
}

func TestTheFileIsTaken(t *testing.T) {
	conf, err := configs.LoadSchedulerConfigFromByteArray([]byte(file(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, queue := range conf.Partitions[0].Queues[0].Queues {
		t.Log(queue.Name, queue.Resources)
	}
}

func TestAnApplicationIsInTheQueueOfItsNamespaceWhateverItNames(t *testing.T) {
	seen, proxy := start(t, 30)
	apply(t, proxy, "science", "team-science", nil)
	apply(t, proxy, "stranger", "kafka", nil)
	seen.until(t, "one is taken and one is not", func() bool {
		return seen.accepted["science"] && seen.rejected["stranger"] != ""
	})
	// 4 cores each: 75 of them are the quota of 300, which the nodes have room beyond.
	ask(t, proxy, "science", 90, pod(4, 8), "")
	seen.until(t, "the quota is full", func() bool { return len(seen.placed) == 75 })
	time.Sleep(2 * time.Second)
	if count := seen.placedOf("science"); count != 75 {
		t.Fatalf("%d pods of 4 cores are placed, of a quota of 300 cores", count)
	}
	// The queue that it named has all of its own.
	apply(t, proxy, "analytics", "team-analytics", nil)
	ask(t, proxy, "analytics", 20, pod(4, 8), "")
	seen.until(t, "another team has its own", func() bool { return len(seen.placed) == 95 })
}

func TestAGangThatFindsNoRoomFails(t *testing.T) {
	seen, proxy := start(t, 1)
	gang := func(added *si.AddApplicationRequest) {
		added.PlaceholderAsk = amounts(24, 32)
		added.ExecutionTimeoutMilliSeconds = 3000
		added.GangSchedulingStyle = "Hard"
	}
	apply(t, proxy, "gang", "team-science", gang)
	seen.until(t, "it is taken", func() bool { return seen.accepted["gang"] })
	ask(t, proxy, "gang", 6, pod(4, 8), "spark-executor")
	seen.until(t, "it holds what there is", func() bool { return len(seen.placed) == 4 })
	seen.until(t, "it fails, and gives all of it back", func() bool {
		return seen.states["gang"] == "Failing" || seen.states["gang"] == "Failed"
	})
}
