# SPDX-License-Identifier: Apache-2.0

# CARILLON_NEED(VARIABLE, PKG-CONFIG MODULE, DEBIAN PACKAGE)
AC_DEFUN([CARILLON_NEED], [
	PKG_CHECK_MODULES([$1], [$2], [],
		[AC_MSG_ERROR([$2 is needed. On Debian and Ubuntu: apt install $3])])
])

# CARILLON_WARNINGS: sets WARN_CFLAGS to what this compiler knows of our list.
AC_DEFUN([CARILLON_WARNINGS], [
	WARN_CFLAGS=
	carillon_cflags=$CFLAGS
	for carillon_flag in -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual -Wstrict-prototypes \
		-Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wundef -Wvla \
		-Wimplicit-fallthrough -Wformat=2 -Wno-format-nonliteral -Wno-missing-field-initializers \
		-fstack-protector-strong -fno-common; do
		AC_MSG_CHECKING([whether $CC accepts $carillon_flag])
		CFLAGS="$carillon_cflags -Werror $carillon_flag"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
			[AC_MSG_RESULT([yes]); WARN_CFLAGS="$WARN_CFLAGS $carillon_flag"],
			[AC_MSG_RESULT([no])])
	done
	CFLAGS=$carillon_cflags
	AC_SUBST([WARN_CFLAGS])
])
