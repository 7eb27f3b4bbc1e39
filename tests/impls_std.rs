//! The types of std that can be a field of a traced type.
//!
//! The lists are the promise: what is in them and has no implementation does
//! not compile.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "the names are those of std, as a program writes them"
)]

use std::rc::{self, Rc};
use std::sync::{self, Arc};

use gcycle::{Acyclic, Gc, Trace, Untraced};

/// Traced, and known to be in no cycle: never looked at by the collector.
fn leaf<T: Trace + Acyclic>() {
    assert!(!T::tracked(), "{} is tracked", std::any::type_name::<T>());
}

/// Traced and acyclic, of a size that is not known.
fn unsized_leaf<T: Trace + Acyclic + ?Sized>() {}

/// Traced, and looked at by the collector.
fn tracked<T: Trace>() {
    assert!(T::tracked(), "{} is untracked", std::any::type_name::<T>());
}

macro_rules! every {
    ($check:ident: $($type:ty),* $(,)?) => { $($check::<$type>();)* };
}

#[test]
fn scalars_are_leaves() {
    use std::num::*;
    every! { leaf:
        (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
        NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize,
        NonZero<u8>, Wrapping<u8>, Saturating<i64>, FpCategory, IntErrorKind,
        ParseIntError, ParseFloatError, TryFromIntError,
        std::char::ParseCharError, std::char::CharTryFromError, std::char::DecodeUtf16Error,
        std::char::ToUppercase, std::char::ToLowercase, std::char::TryFromCharError,
        std::char::EscapeDebug, std::char::EscapeDefault, std::char::EscapeUnicode,
        std::ascii::EscapeDefault,
        std::array::TryFromSliceError,
    }
}

#[test]
fn markers_and_raw_pointers_are_leaves() {
    every! { leaf:
        std::convert::Infallible, std::cmp::Ordering, std::cmp::Reverse<u8>,
        std::marker::PhantomPinned, std::marker::PhantomData<Gc<dyn Trace>>,
        std::marker::PhantomData<dyn Fn(&str)>, std::any::TypeId,
        std::mem::Discriminant<Option<Gc<u8>>>, std::alloc::Layout, std::alloc::LayoutError,
        std::fmt::Error, std::fmt::Alignment,
        std::task::Waker, std::task::RawWaker, std::task::RawWakerVTable, std::alloc::System,
        std::hash::RandomState, std::hash::DefaultHasher,
        std::hash::BuildHasherDefault<std::hash::DefaultHasher>,
        *const str, *mut Gc<u8>, std::ptr::NonNull<[u8]>,
        std::mem::ManuallyDrop<u8>, std::mem::MaybeUninit<u8>, std::panic::AssertUnwindSafe<u8>,
        std::panic::Location<'static>,
        std::backtrace::Backtrace, std::backtrace::BacktraceStatus,
    }
}

#[test]
fn atomics_are_leaves() {
    use std::sync::atomic::*;
    every! { leaf:
        AtomicBool, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
        AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr<Gc<u8>>, Ordering,
    }
}

#[test]
fn text_and_paths_are_leaves() {
    use std::ffi::*;
    use std::path::*;
    every! { leaf:
        String, &'static str, Box<str>, Rc<str>, Arc<str>, std::borrow::Cow<'static, str>,
        CString, &'static CStr, Box<CStr>, OsString, &'static OsStr, Box<OsStr>,
        PathBuf, &'static Path, Box<Path>, std::borrow::Cow<'static, Path>,
        std::string::FromUtf8Error, std::string::FromUtf16Error, std::str::Utf8Error,
        std::str::ParseBoolError, NulError, IntoStringError, FromBytesWithNulError,
        FromBytesUntilNulError, FromVecWithNulError, c_int, c_long,
        StripPrefixError, Component<'static>, Components<'static>, Prefix<'static>,
        PrefixComponent<'static>, Ancestors<'static>, std::path::Iter<'static>,
        std::path::Display<'static>,
        std::str::Chars<'static>, std::str::CharIndices<'static>, std::str::Bytes<'static>,
        std::str::Lines<'static>, std::str::SplitWhitespace<'static>,
        std::str::SplitAsciiWhitespace<'static>, std::str::EncodeUtf16<'static>,
        std::str::EscapeDebug<'static>, std::str::EscapeDefault<'static>,
        std::str::EscapeUnicode<'static>, std::str::Utf8Chunks<'static>,
    }
    every! { unsized_leaf: str, CStr, OsStr, Path, [u8], [String] }
}

#[test]
fn time_net_files_and_processes_are_leaves() {
    use std::{fs, io, net, process, thread, time};
    every! { leaf:
        time::Duration, time::Instant, time::SystemTime, time::SystemTimeError,
        time::TryFromFloatSecsError,
        net::IpAddr, net::Ipv4Addr, net::Ipv6Addr, net::SocketAddr, net::SocketAddrV4,
        net::SocketAddrV6, net::AddrParseError, net::Shutdown, net::TcpListener, net::TcpStream,
        net::UdpSocket, net::Incoming<'static>,
        fs::File, fs::DirBuilder, fs::DirEntry, fs::FileTimes, fs::FileType, fs::Metadata,
        fs::OpenOptions, fs::Permissions, fs::ReadDir, fs::TryLockError,
        io::Error, io::ErrorKind, io::SeekFrom, io::Empty, io::Repeat, io::Sink, io::Stdin,
        io::Stdout, io::Stderr, io::StdinLock<'static>, io::StdoutLock<'static>,
        io::StderrLock<'static>, io::PipeReader, io::PipeWriter, io::IoSlice<'static>,
        io::WriterPanicked, io::IntoInnerError<io::BufWriter<fs::File>>, io::Result<usize>,
        io::BufReader<fs::File>, io::BufWriter<fs::File>, io::LineWriter<io::Stdout>,
        io::Cursor<Vec<u8>>, io::Take<fs::File>, io::Chain<io::Empty, fs::File>,
        io::Bytes<fs::File>, io::Lines<io::BufReader<fs::File>>, io::Split<io::StdinLock<'static>>,
        process::Child, process::ChildStdin, process::ChildStdout, process::ChildStderr,
        process::Command, process::CommandArgs<'static>, process::CommandEnvs<'static>,
        process::ExitCode, process::ExitStatus, process::Output, process::Stdio,
        thread::Thread, thread::ThreadId, thread::Builder, thread::JoinHandle<u8>,
        thread::ScopedJoinHandle<'static, u8>, thread::LocalKey<u8>, thread::AccessError,
        std::env::Args, std::env::ArgsOs, std::env::Vars, std::env::VarsOs, std::env::VarError,
        std::env::JoinPathsError, std::env::SplitPaths<'static>,
    }
}

#[cfg(unix)]
#[test]
fn sockets_with_a_path_are_leaves() {
    use std::os::{fd, unix::net};
    every! { leaf:
        fd::OwnedFd, fd::BorrowedFd<'static>, net::SocketAddr, net::UnixStream,
        net::UnixListener, net::UnixDatagram,
    }
}

#[test]
fn containers_of_leaves_are_leaves() {
    use std::cell::*;
    use std::collections::*;
    use std::ops::*;
    use std::sync::*;
    every! { leaf:
        Vec<u8>, VecDeque<u8>, LinkedList<u8>, BinaryHeap<u8>, BTreeSet<u8>, BTreeMap<u8, String>,
        HashSet<u8>, HashMap<String, u8>, [u8; 100], Box<[u8]>, Box<u8>, TryReserveError,
        Option<u8>, Result<u8, String>, std::task::Poll<u8>, ControlFlow<u8, String>, Bound<u8>,
        Range<u8>, RangeInclusive<u8>, RangeFrom<u8>, RangeTo<u8>, RangeToInclusive<u8>, RangeFull,
        Cell<u8>, RefCell<String>, OnceCell<u8>, LazyCell<u8>, BorrowError, BorrowMutError,
        Mutex<u8>, RwLock<u8>, OnceLock<u8>, LazyLock<u8>, Condvar, Barrier, Once, OnceState,
        BarrierWaitResult, WaitTimeoutResult, PoisonError<u8>, TryLockError<u8>,
        mpsc::Sender<u8>, mpsc::SyncSender<u8>, mpsc::Receiver<u8>, mpsc::SendError<u8>,
        mpsc::IntoIter<u8>, mpsc::TrySendError<u8>, mpsc::RecvError, mpsc::RecvTimeoutError, mpsc::TryRecvError,
        std::pin::Pin<Box<u8>>, std::borrow::Cow<'static, [u8]>,
        (u8,), (u8, String), (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8),
        (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, String),
    }
}

#[test]
fn iterators_over_leaves_are_leaves() {
    use std::collections::*;
    use std::iter::*;
    use std::{array, option, result, slice, vec};
    type Source = vec::IntoIter<char>;
    every! { leaf:
        Empty<Gc<u8>>, Once<u8>, Repeat<u8>, RepeatN<u8>, Source, array::IntoIter<u8, 3>,
        option::IntoIter<u8>, result::IntoIter<u8>, slice::Iter<'static, u8>,
        slice::Chunks<'static, u8>, slice::ChunksExact<'static, u8>, slice::RChunks<'static, u8>,
        slice::Windows<'static, u8>,
        Rev<Source>, Enumerate<Source>, Peekable<Enumerate<Source>>, Fuse<Source>, Cycle<Source>,
        Skip<Source>, Take<Source>, StepBy<Source>, Chain<Source, Source>, Zip<Source, Source>,
        Cloned<slice::Iter<'static, u8>>, Copied<slice::Iter<'static, u8>>,
        Map<Source, fn(char) -> u32>, Filter<Source, fn(&char) -> bool>,
        FilterMap<Source, fn(char) -> Option<u32>>, Inspect<Source, fn(&char)>,
        SkipWhile<Source, fn(&char) -> bool>, TakeWhile<Source, fn(&char) -> bool>,
        MapWhile<Source, fn(char) -> Option<u32>>,
        Scan<Source, u8, fn(&mut u8, char) -> Option<u32>>,
        FlatMap<Source, Vec<u8>, fn(char) -> Vec<u8>>, Flatten<vec::IntoIter<Vec<u8>>>,
        FromFn<fn() -> Option<u8>>, OnceWith<fn() -> u8>, RepeatWith<fn() -> u8>,
        Successors<u8, fn(&u8) -> Option<u8>>, std::char::DecodeUtf16<vec::IntoIter<u16>>,
        binary_heap::IntoIter<u8>, btree_set::IntoIter<u8>, btree_map::IntoIter<u8, u8>,
        btree_map::IntoKeys<u8, u8>, btree_map::IntoValues<u8, u8>,
        hash_set::IntoIter<u8>, hash_map::IntoIter<u8, u8>, hash_map::IntoKeys<u8, u8>,
        hash_map::IntoValues<u8, u8>, linked_list::IntoIter<u8>,
        vec_deque::IntoIter<u8>, std::future::Ready<u8>, std::future::Pending<Gc<u8>>,
    }
}

#[test]
fn function_pointers_are_leaves() {
    struct Machine;
    type Native = fn(&mut Machine, &[Gc<u8>]) -> Result<Gc<u8>, String>;
    every! { leaf:
        fn(), fn(Gc<u8>) -> Gc<u8>, unsafe fn(u8), extern "C" fn(u8) -> u8,
        unsafe extern "C" fn(*const u8, ...) -> i32,
        fn(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8) -> u8,
        fn(&str), fn(&str) -> &str, fn(&mut Machine) -> &mut u8, fn(&mut Machine, u8),
        fn(u8, &mut Machine), fn(&Machine, &str, &mut String) -> bool, Native,
    }
}

#[test]
fn shared_owners_of_acyclic_contents_are_leaves() {
    every! { leaf:
        Rc<u8>, Rc<[String]>, Rc<std::cell::RefCell<Vec<u8>>>, rc::Weak<u8>,
        Arc<u8>, Arc<std::sync::Mutex<Vec<u8>>>, sync::Weak<str>,
        &'static [u8], &'static std::sync::OnceLock<String>,
        Untraced<Gc<dyn Trace>>, Untraced<Box<dyn Fn()>>,
    }
    every! { unsized_leaf:
        dyn std::any::Any + Send, dyn std::any::Any + Send + Sync,
        dyn std::error::Error + Send, dyn std::error::Error + Send + Sync,
        Box<dyn std::error::Error + Send + Sync>,
    }
}

#[test]
fn errors_of_any_type_can_be_fields() {
    use std::error::Error;
    every! { unsized_leaf:
        dyn Error, Box<dyn Error>, Option<Box<dyn Error>>, Result<u8, Box<dyn Error + Send + Sync>>,
    }
    every! { leaf: Rc<dyn Error>, Arc<dyn Error>, Arc<dyn Error + Send + Sync> }
}

#[test]
fn what_can_be_sent_to_another_thread_can_be_a_field() {
    use std::fmt::{Debug, Display};
    every! { unsized_leaf:
        Box<dyn Debug + Send>, Box<dyn Display + Send + Sync>,
        Box<dyn Iterator<Item = u8> + Send>, Box<dyn Future<Output = Gc<u8>> + Send>,
        std::pin::Pin<Box<dyn Future<Output = ()> + Send>>,
        Box<dyn Fn() + Send>, Box<dyn FnMut(u8, String) -> bool + Send + Sync>,
        Box<dyn FnOnce(u8, u8, u8, u8) -> u8 + Send>, Box<dyn Fn(&str) -> bool + Send + Sync>,
        Box<dyn FnMut(&mut Vec<u8>, u8) + Send>,
    }
    every! { leaf: Arc<dyn Fn(&str) + Send + Sync>, Rc<dyn Fn(u8) -> u8 + Send> }
}

#[test]
fn containers_of_handles_are_tracked() {
    use std::cell::*;
    use std::collections::*;
    trait Shape: Trace {}
    type Handle = Gc<dyn Shape>;
    every! { tracked:
        Vec<Handle>, VecDeque<Handle>, LinkedList<Handle>, [Handle; 3], Box<Handle>, Box<[Handle]>,
        HashMap<u8, Handle>, BTreeMap<u8, Handle>, HashMap<String, Vec<Option<Handle>>>,
        Option<Handle>, (u8, Handle), Cell<Option<Handle>>, RefCell<Handle>, OnceCell<Handle>,
        LazyCell<Handle>, std::sync::Mutex<Handle>, std::pin::Pin<Handle>, Box<dyn Shape>,
        (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, Handle),
    }
}

#[test]
fn untraced_stands_for_the_value_in_it() {
    let mut value = Untraced::from(vec![1, 2]);
    value.push(3);
    assert_eq!(value.len(), 3);
    assert_eq!(value, Untraced(vec![1, 2, 3]));
    assert!(value > Untraced::default());
    assert_eq!(value.clone().into_inner(), [1, 2, 3]);
    assert_eq!(format!("{:?}", Untraced(1)), "Untraced(1)");
}
