package host

import (
	"encoding/json"
	"os"
	"os/user"
	"runtime"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	h := Read()
	if h.OS != runtime.GOOS || h.Cores < 1 || h.GoMaxProcs < 1 || h.Go == "" || h.Page < 4096 {
		t.Errorf("got %+v", h)
	}
	if s := h.String(); s == "" || strings.Contains(s, ", ,") {
		t.Errorf("caption %q", s)
	}
}

// Nothing of who or where is kept, unless it is part of what every such machine says.
func TestAnonymous(t *testing.T) {
	data, err := json.Marshal(Read())
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{}
	if name, err := os.Hostname(); err == nil {
		secrets["host name"] = name
	}
	if u, err := user.Current(); err == nil {
		secrets["user name"], secrets["home"] = u.Username, u.HomeDir
	}
	for what, secret := range secrets {
		if len(secret) > 3 && secret != "linux" && strings.Contains(string(data), secret) {
			t.Errorf("%s %q is in %s", what, secret, data)
		}
	}
}

func TestString(t *testing.T) {
	for _, test := range []struct {
		host Host
		want string
	}{
		{
			Host{OS: "linux", CPU: "Intel(R) Xeon(R) CPU @ 2.20GHz", Cores: 4, Usable: []int{0, 1}, Memory: 8 << 30, Kernel: "6.1.0-18-amd64"},
			"Intel Xeon, 2 of 4 cores, 8.0 GiB, Linux 6.1.0",
		},
		{Host{OS: "darwin", Arch: "arm64", Cores: 1}, "arm64, 1 core, macOS"},
	} {
		if got := test.host.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
