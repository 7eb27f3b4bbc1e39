//! Input, output and files.
//!
//! Adapters that read pass on the edges of their source. Adapters that buffer their
//! output do not pass edges on: a `BufWriter<W>` calls `W::write` when it is dropped. If
//! it reported a `Gc` inside `W`, then the collector could drop the target first, and
//! safe code in `W::write` would look at a dead object. So `W` must be [`Acyclic`]. Its
//! edges are not reported even then, which keeps their targets alive until the writer is
//! gone.

use std::fs::{
    self, DirBuilder, DirEntry, File, FileTimes, FileType, Metadata, OpenOptions, Permissions,
    ReadDir,
};
use std::io::{
    self, BufReader, BufWriter, Bytes, Chain, Cursor, Empty, ErrorKind, IntoInnerError, IoSlice,
    LineWriter, Lines, PipeReader, PipeWriter, Repeat, SeekFrom, Sink, Split, Stderr, StderrLock,
    Stdin, StdinLock, Stdout, StdoutLock, Take, Write, WriterPanicked,
};

use crate::trace::contract::Acyclic;

leaves! {
    io::Error, ErrorKind, SeekFrom, IoSlice<'_>, Empty, Repeat, Sink, Stdin, Stdout, Stderr,
}

leaves! {
    quiet:
    WriterPanicked,
    PipeReader, PipeWriter, StdinLock<'_>, StdoutLock<'_>, StderrLock<'_>,
    File, DirEntry, ReadDir,
}

leaves! {
    DirBuilder, FileTimes, FileType, Metadata, OpenOptions, Permissions, fs::TryLockError,
}

wrappers! {
    {T} Cursor<T> => |this| Some(this.get_ref()),
    {T} BufReader<T> => |this| Some(this.get_ref()),
    {T} Take<T> => |this| Some(this.get_ref()),
}

fields! {
    {T, U} Chain<T, U> => |this| { "first": T = this.get_ref().0, "second": U = this.get_ref().1 },
}

// Writers that flush in their drop, and readers that do not show their source.
leaves! {
    asks:
    {W: Write + Acyclic} LineWriter<W>,
    {W: Acyclic} IntoInnerError<W>,
    {R: Acyclic} Bytes<R>,
    {B: Acyclic} Lines<B>,
    {B: Acyclic} Split<B>,
}

leaves! {
    owners:
    {W: Write + Acyclic} BufWriter<W> => owns |this| this.capacity(),
}
