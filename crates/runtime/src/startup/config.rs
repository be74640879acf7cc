//! The configuration of an interpreter: what command line, environment and installation say, as plain data.

/// What is to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Program {
    /// Standard input, or an interactive session if that is a terminal.
    #[default]
    Stdin,
    Command(String),
    Module(String),
    File(String),
}

/// The configuration of an interpreter.
#[derive(Clone, Debug)]
pub struct Config {
    pub program: Program,
    pub orig_argv: Vec<String>,
    /// `sys.argv`.
    pub argv: Vec<String>,
    pub debug: u8,
    pub inspect: u8,
    pub interactive: u8,
    pub optimize: u8,
    pub dont_write_bytecode: u8,
    pub no_user_site: u8,
    pub no_site: bool,
    pub ignore_environment: bool,
    pub verbose: u8,
    pub bytes_warning: u8,
    pub quiet: u8,
    pub hash_randomization: bool,
    /// `PYTHONHASHSEED`'s number; none for a random one.
    pub hash_seed: Option<u32>,
    pub isolated: bool,
    pub dev_mode: bool,
    pub faulthandler: bool,
    /// The frames that each traced block of memory keeps; 0: none is traced.
    pub tracemalloc: usize,
    /// 1 if text is UTF-8 whatever the locale says; `locale::AUTOMATIC` if the locale decides.
    pub utf8_mode: u8,
    /// The encoding of file names. Set at the start, by the locale.
    pub file_encoding: &'static str,
    /// Do standard input and output carry what isn't text? Set at the start, by the locale.
    pub lenient_streams: bool,
    pub warn_default_encoding: bool,
    pub safe_path: bool,
    pub int_max_str_digits: usize,
    pub unbuffered: bool,
    pub skip_first_line: bool,
    pub import_time: bool,
    pub use_frozen: bool,
    pub debug_ranges: bool,
    pub cpu_count: Option<usize>,
    pub check_hash_pycs: String,
    pub io_encoding: Option<String>,
    pub xoptions: Vec<String>,
    pub warnoptions: Vec<String>,
    /// `sys.path` before the program's own directory is put in front.
    pub path: Vec<String>,
    pub executable: String,
    pub base_executable: String,
    pub prefix: String,
    pub base_prefix: String,
    pub home: Option<String>,
    pub stdlib_dir: Option<String>,
    pub pycache_prefix: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            program: Program::Stdin,
            orig_argv: Vec::new(),
            argv: vec![String::new()],
            debug: 0,
            inspect: 0,
            interactive: 0,
            optimize: 0,
            dont_write_bytecode: 0,
            no_user_site: 0,
            no_site: false,
            ignore_environment: false,
            verbose: 0,
            bytes_warning: 0,
            quiet: 0,
            hash_randomization: true,
            hash_seed: None,
            isolated: false,
            dev_mode: false,
            faulthandler: false,
            tracemalloc: 0,
            utf8_mode: super::locale::AUTOMATIC,
            file_encoding: "utf-8",
            lenient_streams: false,
            warn_default_encoding: false,
            safe_path: false,
            int_max_str_digits: 4300,
            unbuffered: false,
            skip_first_line: false,
            import_time: false,
            use_frozen: true,
            debug_ranges: true,
            cpu_count: None,
            check_hash_pycs: "default".into(),
            io_encoding: None,
            xoptions: Vec::new(),
            warnoptions: Vec::new(),
            path: Vec::new(),
            executable: String::new(),
            base_executable: String::new(),
            prefix: String::new(),
            base_prefix: String::new(),
            home: None,
            stdlib_dir: None,
            pycache_prefix: None,
        }
    }
}
