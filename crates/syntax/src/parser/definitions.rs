//! Functions, classes, decorators, parameters, type parameters.

use super::expressions::level;
use super::*;

/// The parameters of a function that has none.
static NO_PARAMETERS: Arguments<'static> = Arguments {
    posonlyargs: &[],
    args: &[],
    vararg: None,
    kwonlyargs: &[],
    kw_defaults: &[],
    kwarg: None,
    defaults: &[],
};

impl<'a> Parser<'a, '_> {
    /// Decorators and what they decorate, onto the stack of statements.
    pub(super) fn decorated(&mut self) -> Parse<()> {
        let mark = self.exprs.len();
        while self.accept(TokenKind::At) {
            let decorator = self.named_expression()?;
            self.exprs.push(decorator);
            self.expect(TokenKind::Newline)?;
        }
        let decorators = self.take_exprs(mark);
        let start = self.start();
        let kind = match self.kind() {
            TokenKind::Def => self.function(decorators, false)?,
            TokenKind::Async if self.peek(1) == TokenKind::Def => {
                self.advance();
                self.function(decorators, true)?
            }
            TokenKind::Class => self.class(decorators)?,
            _ => return Err(Fail),
        };
        let location = self.block_location(start);
        self.stmts.push(Stmt { kind, location });
        Ok(())
    }

    pub(super) fn function(&mut self, decorator_list: &'a [Expr<'a>], is_async: bool) -> Parse<StmtKind<'a>> {
        self.advance();
        let name = self.name()?;
        let type_params = self.type_params()?;
        self.expect(TokenKind::LPar)?;
        let args = self.parameters(TokenKind::RPar)?;
        self.expect(TokenKind::RPar)?;
        let returns = if self.accept(TokenKind::RArrow) {
            let returns = self.expression()?;
            Some(self.alloc(returns))
        } else {
            None
        };
        self.expect(TokenKind::Colon)?;
        let type_comment = self.function_type_comment();
        let body = self.block()?;
        if is_async {
            self.check_version(5, "Async functions are")?;
            return Ok(StmtKind::AsyncFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            });
        }
        Ok(StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params })
    }

    /// A function's type comment stands behind the colon, or alone on the line before the block.
    fn function_type_comment(&mut self) -> Option<Text<'a>> {
        if self.kind() == TokenKind::Newline && self.peek(1) == TokenKind::TypeComment {
            if self.peek(2) != TokenKind::Newline || self.peek(3) != TokenKind::Indent {
                return None;
            }
            self.advance();
        }
        self.type_comment()
    }

    pub(super) fn class(&mut self, decorator_list: &'a [Expr<'a>]) -> Parse<StmtKind<'a>> {
        self.advance();
        let name = self.name()?;
        let type_params = self.type_params()?;
        let (bases, keywords) =
            if self.accept(TokenKind::LPar) { self.arguments(None)? } else { (&[][..], &[][..]) };
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        Ok(StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params })
    }

    // Parameters.

    /// The parameters of a function (`close` is a parenthesis) or lambda (a colon), without the closing token.
    pub(super) fn parameters(&mut self, close: TokenKind) -> Parse<&'a Arguments<'a>> {
        if self.kind() == close {
            return Ok(&NO_PARAMETERS);
        }
        let annotated = close == TokenKind::RPar;
        let (mark, default_mark) = (self.args.len(), self.exprs.len());
        let mut posonlyargs: &'a [Arg<'a>] = &[];
        while self.kind() == TokenKind::Name {
            let arg = self.parameter(annotated)?;
            if self.accept(TokenKind::Equal) {
                self.deepen(cost::DEFAULT - cost::LAMBDA)?;
                let default = self.expression()?;
                self.depth -= cost::DEFAULT - cost::LAMBDA;
                self.exprs.push(default);
            } else if self.exprs.len() > default_mark {
                return Err(Fail);
            }
            let more = self.parameter_end(arg, close)?;
            if !more {
                break;
            }
            if self.kind() == TokenKind::Slash {
                if !posonlyargs.is_empty() {
                    return Err(Fail);
                }
                self.advance();
                self.check_version(8, "Positional-only parameters are")?;
                posonlyargs = self.take_args(mark);
                if !self.accept(TokenKind::Comma) {
                    if self.kind() != close {
                        return Err(Fail);
                    }
                    break;
                }
            }
        }
        let args = self.take_args(mark);
        let defaults = self.take_exprs(default_mark);
        let (mut vararg, mut kwarg) = (None, None);
        let keyword_default_mark = self.optional_exprs.len();
        if self.accept(TokenKind::Star) {
            if self.accept(TokenKind::Comma) {
                if self.kind() != TokenKind::Name {
                    return Err(Fail);
                }
            } else {
                let arg = self.star_parameter(annotated)?;
                self.parameter_end(arg, close)?;
                vararg = self.pop_arg();
            }
            while self.kind() == TokenKind::Name {
                let arg = self.parameter(annotated)?;
                let default = if self.accept(TokenKind::Equal) {
                    let default = self.expression()?;
                    Some(self.alloc(default))
                } else {
                    None
                };
                self.optional_exprs.push(default);
                if !self.parameter_end(arg, close)? {
                    break;
                }
            }
        }
        let kwonlyargs = self.take_args(mark);
        let kw_defaults = self.take_optional_exprs(keyword_default_mark);
        if self.accept(TokenKind::DoubleStar) {
            let arg = self.parameter(annotated)?;
            self.parameter_end(arg, close)?;
            kwarg = self.pop_arg();
        }
        if self.kind() != close {
            return Err(Fail);
        }
        Ok(self.arena.alloc(Arguments {
            posonlyargs,
            args,
            vararg,
            kwonlyargs,
            kw_defaults,
            kwarg,
            defaults,
        }))
    }

    fn pop_arg(&mut self) -> Option<&'a Arg<'a>> {
        let arg = self.args.pop()?;
        Some(self.arena.alloc(arg))
    }

    /// A name and its annotation.
    fn parameter(&mut self, annotated: bool) -> Parse<Arg<'a>> {
        let start = self.start();
        let arg = self.name()?;
        let annotation = if annotated && self.accept(TokenKind::Colon) {
            let annotation = self.expression()?;
            Some(self.alloc(annotation))
        } else {
            None
        };
        Ok(Arg { arg, annotation, type_comment: None, location: self.location(start) })
    }

    /// The name behind `*`, whose annotation may have a star.
    fn star_parameter(&mut self, annotated: bool) -> Parse<Arg<'a>> {
        let start = self.start();
        let arg = self.name()?;
        let annotation = if annotated && self.accept(TokenKind::Colon) {
            let annotation = self.star_expression()?;
            Some(self.alloc(annotation))
        } else {
            None
        };
        Ok(Arg { arg, annotation, type_comment: None, location: self.location(start) })
    }

    /// The comma and type comment behind a parameter, which goes onto the stack; whether there was a comma.
    /// Without one the list must end.
    fn parameter_end(&mut self, mut arg: Arg<'a>, close: TokenKind) -> Parse<bool> {
        let comma = self.accept(TokenKind::Comma);
        if close == TokenKind::RPar {
            arg.type_comment = self.type_comment();
        }
        self.args.push(arg);
        if comma || self.kind() == close { Ok(comma) } else { Err(Fail) }
    }

    // Type parameters.

    /// `[T, *Ts, **P]`, if it is there.
    pub(super) fn type_params(&mut self) -> Parse<&'a [TypeParam<'a>]> {
        if !self.accept(TokenKind::LSqb) {
            return Ok(&[]);
        }
        let mut params = Vec::new();
        loop {
            params.push(self.type_param()?);
            if !self.accept(TokenKind::Comma) || self.kind() == TokenKind::RSqb {
                break;
            }
        }
        self.expect(TokenKind::RSqb)?;
        self.check_version(12, "Type parameter lists are")?;
        Ok(self.arena.alloc_slice_copy(&params))
    }

    fn type_param(&mut self) -> Parse<TypeParam<'a>> {
        let start = self.start();
        let kind = match self.kind() {
            TokenKind::Star => {
                self.advance();
                let name = self.name()?;
                TypeParamKind::TypeVarTuple { name, default_value: self.type_param_default(true)? }
            }
            TokenKind::DoubleStar => {
                self.advance();
                let name = self.name()?;
                TypeParamKind::ParamSpec { name, default_value: self.type_param_default(false)? }
            }
            _ => {
                let name = self.name()?;
                let bound = if self.accept(TokenKind::Colon) {
                    let bound = self.expr(level::EXPRESSION)?;
                    Some(self.alloc(bound))
                } else {
                    None
                };
                TypeParamKind::TypeVar { name, bound, default_value: self.type_param_default(false)? }
            }
        };
        Ok(TypeParam { kind, location: self.location(start) })
    }

    fn type_param_default(&mut self, star: bool) -> Parse<Option<&'a Expr<'a>>> {
        if !self.accept(TokenKind::Equal) {
            return Ok(None);
        }
        let default = if star { self.star_expression()? } else { self.expression()? };
        self.check_version(13, "Type parameter defaults are")?;
        Ok(Some(self.alloc(default)))
    }
}
