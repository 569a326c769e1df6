package wsgi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server/servertest"
)

// A browser keeps cookies and fills in forms.
type browser struct {
	t    *testing.T
	base string
	http.Client
}

func newBrowser(t *testing.T, s *servertest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, "http://" + s.Addr, http.Client{Jar: jar, Timeout: patience.Limit}}
}

func (b *browser) page(resp *http.Response, err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s, %v\n%.2000s", resp.Request.URL, resp.Status, err, text)
	}
	return string(text)
}

// submit fills in the form at a path.
func (b *browser) submit(path string, form url.Values) string {
	b.t.Helper()
	page := b.page(b.Get(b.base + path))
	token := regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`).FindStringSubmatch(page)
	if token == nil {
		b.t.Fatalf("%s has no form:\n%s", path, page)
	}
	form.Set("csrfmiddlewaretoken", token[1])
	return b.page(b.PostForm(b.base+path, form))
}

// made is what `django-admin startproject config` makes, with an administrator; it is made once.
var made = sync.OnceValues(func() (fs.FS, error) {
	folder, err := os.MkdirTemp("", "workerlab-django")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	for _, args := range [][]string{
		{"-m", "django", "startproject", "config", folder},
		{folder + "/manage.py", "migrate", "--verbosity", "0"},
		{folder + "/manage.py", "createsuperuser", "--noinput", "--username", "ada", "--email", "ada@example.org"},
	} {
		cmd := exec.Command(djangoPython, args...)
		cmd.Env = append(os.Environ(), "DJANGO_SUPERUSER_PASSWORD=lovelace")
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%v: %w\n%s", args, err, out)
		}
	}
	return inMemory(os.DirFS(folder))
})

// djangoPython has Django; the test that needs it has looked.
var djangoPython string

// inMemory is a copy of files.
func inMemory(from fs.FS) (fs.FS, error) {
	files := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, path)
		files[path] = &fstest.MapFile{Data: data, Mode: 0o644}
		return err
	})
	return files, err
}

// project is a copy of it.
func project(t *testing.T) (folder string) {
	t.Helper()
	files, err := made()
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
	return folder
}

// The seed of it all: gunicorn's command line on a fresh project, its admin used as a person would.
func TestDjangoAdmin(t *testing.T) {
	djangoPython = python(t, "django")
	eachClass(t, func(t *testing.T, class string) {
		s := host(t, python(t, classes[class], "django"), project(t), "config.wsgi:application", class, "-t", "30", "--keep-alive", "5")
		b := newBrowser(t, s)
		if page := b.page(b.Get(b.base + "/")); !strings.Contains(page, "The install worked successfully") {
			t.Errorf("no welcome:\n%.300s", page)
		}
		page := b.submit("/admin/login/?next=/admin/", url.Values{"username": {"ada"}, "password": {"lovelace"}})
		if !strings.Contains(page, "Site administration") {
			t.Fatalf("not logged in:\n%.2000s", page)
		}
		page = b.submit("/admin/auth/group/add/", url.Values{"name": {"analytical engineers"}})
		if !strings.Contains(page, "was added successfully") {
			t.Errorf("not added:\n%.2000s", page)
		}
		if page = b.page(b.Get(b.base + "/admin/auth/group/")); !strings.Contains(page, "analytical engineers") {
			t.Errorf("not listed:\n%.2000s", page)
		}
	})
}

func TestFlask(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := host(t, python(t, classes[class], "flask"), "testdata", "site_flask:create_app()", class)
		b := newBrowser(t, s)

		file := bytes.Repeat([]byte("all kinds of bytes \x00\xff\r\n"), 100_000)
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("file", "large.bin")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(file)
		_ = w.WriteField("note", "über")
		w.Close()
		var got struct {
			Name, SHA256, Note string
			Size               int
		}
		answer := b.page(b.Post(b.base+"/upload", w.FormDataContentType(), &form))
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatalf("%v: %s", err, answer)
		}
		if sum := sha256.Sum256(file); got.Size != len(file) || got.SHA256 != hex.EncodeToString(sum[:]) || got.Note != "über" || got.Name != "large.bin" {
			t.Errorf("uploaded %d bytes: %+v", len(file), got)
		}

		if lines := strings.Fields(b.page(b.Get(b.base + "/stream"))); len(lines) != 1000 || lines[999] != "999" {
			t.Errorf("streamed %d lines", len(lines))
		}
		for _, n := range []string{"1", "2"} {
			if visits := b.page(b.Get(b.base + "/visits")); visits != n {
				t.Errorf("visit %s, want %s", visits, n)
			}
		}
		if resp, err := b.Get(b.base + "/fails"); err != nil || resp.StatusCode != 500 {
			t.Errorf("a failing view: %v, %v", resp, err)
		} else {
			resp.Body.Close()
		}
		patience.Eventually(t, "the view's error is logged", func() bool { return strings.Contains(s.Log(), "Flask fails on purpose") })
	})
}
