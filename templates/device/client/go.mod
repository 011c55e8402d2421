module strux/client

go 1.19
