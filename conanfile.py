# SPDX-License-Identifier: Apache-2.0
"""Conan 2 recipe: conan create . builds the package from this checkout."""
from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rmdir


class HeliotropeRecipe(ConanFile):
    name = "heliotrope"
    version = "0.1.0"
    license = "Apache-2.0"
    description = "Sparse, large nonlinear least squares"
    topics = ("least-squares", "bundle-adjustment", "slam", "optimization")
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "compression": [True, False], "openmp": [True, False]}
    default_options = {"shared": False, "compression": True, "openmp": True}
    exports_sources = "CMakeLists.txt", "LICENSE", "package.xml", "cmake/*", "datasets/*", "include/*", "src/*"

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("eigen/3.4.0", transitive_headers=True)
        if self.options.compression:
            self.requires("libarchive/3.7.4")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        # SuiteSparse is no package of Conan's: a build that wants it names it to CMake.
        options = {"SUITESPARSE": False, "OPENMP": bool(self.options.openmp),
                   "LIBARCHIVE": bool(self.options.compression), "TESTS": False, "TOOLS": False, "EXAMPLES": False,
                   "BENCHMARKS": False}
        for name, value in options.items():
            toolchain.cache_variables["HELIOTROPE_" + name] = value
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, self.package_folder + "/licenses")
        CMake(self).install()
        for folder in ("/lib/cmake", "/lib/pkgconfig", "/share"):
            rmdir(self, self.package_folder + folder)

    def package_info(self):
        self.cpp_info.libs = ["heliotrope"]
        self.cpp_info.set_property("cmake_file_name", "heliotrope")
        self.cpp_info.set_property("cmake_target_name", "heliotrope::heliotrope")
        self.cpp_info.set_property("pkg_config_name", "heliotrope")
        if self.settings.os == "Linux":
            self.cpp_info.system_libs = ["dl"]
        if self.options.openmp and not self.options.shared:
            self.cpp_info.sharedlinkflags = self.cpp_info.exelinkflags = ["-fopenmp"]
