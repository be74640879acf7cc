//! What the declarations of native types, functions and modules expand to: tables, argument parsing, conversions.
