module caret.example/driver

go 1.22
