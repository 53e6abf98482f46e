; Code that LLVM makes in the process that runs it: twenty times ten levels down to an allocation.
declare i8* @malloc(i64)
declare void @free(i8*)

define void @down(i32 %level) noinline uwtable {
  %is_last = icmp eq i32 %level, 0
  br i1 %is_last, label %allocate, label %on
on:
  %next = sub i32 %level, 1
  call void @down(i32 %next)
  br label %end
allocate:
  %block = call i8* @malloc(i64 100)
  call void @free(i8* %block)
  br label %end
end:
  ret void
}

define i32 @main() uwtable {
  br label %again
again:
  %round = phi i32 [ 0, %0 ], [ %following, %again ]
  call void @down(i32 10)
  %following = add i32 %round, 1
  %is_done = icmp eq i32 %following, 20
  br i1 %is_done, label %end, label %again
end:
  ret i32 7
}
