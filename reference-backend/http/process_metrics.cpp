// Bodies of process_metrics.hpp.
#include "http/process_metrics.hpp"

#include "sync/function_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace hull::backend::http {
namespace {

/// In which Linux tells times to programs, on every machine.
constexpr double ticks_per_second = 100;

/// The numbers of /proc/self/stat behind the name of the program and its state.
std::vector<double> read_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = all.rfind(") ");
  if (name_end == std::string::npos || name_end + 4 > all.size()) return {};
  std::istringstream numbers(all.substr(name_end + 4));
  return {std::istream_iterator<double>(numbers), {}};
}

/// The number behind the word `wanted`; 0 when it is not there.
double number_after(const char* path, const std::string& wanted) {
  std::ifstream file(path);
  for (std::string word; file >> word;)
    if (double number = 0; word == wanted && file >> number) return number;
  return 0;
}

}  // namespace

void write_process_metrics(std::string& out, std::string_view version) {
  out += "# HELP hull_build_info The version that runs.\n# TYPE hull_build_info gauge\nhull_build_info{version=\"";
  out.append(version).append("\"} 1\n");
  // Positions by proc(5), from the parent's number (field 4) on.
  constexpr std::size_t user_ticks = 10, system_ticks = 11, start_ticks = 18;
  const auto stat = read_stat();
  if (stat.size() > start_ticks) {
    sync::write_metric(out, "process_cpu_seconds_total", "counter", "Processor time used.",
                       (stat[user_ticks] + stat[system_ticks]) / ticks_per_second);
    sync::write_metric(out, "process_start_time_seconds", "gauge", "When the process started, since the Unix epoch.",
                       number_after("/proc/stat", "btime") + stat[start_ticks] / ticks_per_second);
  }
  if (const double kibibytes = number_after("/proc/self/status", "VmRSS:"); kibibytes > 0)
    sync::write_metric(out, "process_resident_memory_bytes", "gauge", "Memory in use.", kibibytes * 1024);
  std::error_code none;
  std::filesystem::directory_iterator files("/proc/self/fd", none);
  if (!none)
    sync::write_metric(out, "process_open_fds", "gauge", "Open file descriptors.",
                       static_cast<double>(std::distance(begin(files), end(files))));
}

}  // namespace hull::backend::http
