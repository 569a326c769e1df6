module github.com/workerlab/workerlab/.tools/shape

go 1.26.0
